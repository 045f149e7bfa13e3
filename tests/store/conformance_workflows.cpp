#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;

void returns_what_was_deployed(session& s) {
  auto deployment = deploy("order", "1.0.0");
  deployment.row.resources = R"({"file:///order.json":"{}"})";
  const auto result = s.commit_one("acme", {deployment});
  CAF_CHECK(result.what == kind::committed);
  CAF_CHECK(result.workflow_id != 0);
  const auto found = *s.read().find_workflow("acme", {"shop", "order", "1.0.0"}).value();
  const auto expected = deploy("order", "1.0.0").row;
  CAF_CHECK_EQUAL(found.id, result.workflow_id);
  CAF_CHECK(found.ref == expected.ref);
  CAF_CHECK_EQUAL(found.digest, expected.digest);
  CAF_CHECK_EQUAL(found.source, expected.source);
  CAF_CHECK_EQUAL(found.created_us, expected.created_us);
  CAF_CHECK_EQUAL(found.resources, deployment.row.resources);
  s.workflow("acme", "alone");
  CAF_CHECK(s.read().find_workflow("acme", {"shop", "alone", ""}).value()->resources.empty());
  CAF_CHECK(s.read().workflow_by_id(found.id).value()->ref == expected.ref);
  CAF_CHECK(!s.read().workflow_by_id(found.id + 2).value());
  CAF_CHECK(!s.read().find_workflow("zeta", expected.ref).value());
  CAF_CHECK(!s.read().find_workflow("acme", {"shop", "order", "1.0.1"}).value());
  CAF_CHECK(!s.read().find_workflow("acme", {"shop", "other", ""}).value());
}

void a_version_never_changes(session& s) {
  const auto first = s.commit_one("acme", {deploy("order", "1.0.0", "sha256:1")});
  const auto same = s.commit_one("acme", {deploy("order", "1.0.0", "sha256:1"), event("lost")});
  CAF_CHECK(same.what == kind::duplicate);
  CAF_CHECK_EQUAL(same.workflow_id, first.workflow_id);
  const auto other = s.commit_one("acme", {event("lost"), deploy("order", "1.0.0", "sha256:2")});
  CAF_CHECK(other.what == kind::conflict);
  CAF_CHECK(s.read().find_workflow("acme", {"shop", "order", ""}).value()->digest == "sha256:1");
  CAF_CHECK(s.read().feed_range("acme").value().newest == 0u);
}

void no_version_means_the_highest(session& s) {
  const auto highest = [&] {
    return s.read().find_workflow("acme", {"shop", "order", ""}).value()->ref.version;
  };
  s.workflow("acme", "order", "1.9.0");
  s.workflow("acme", "order", "1.10.0");
  s.workflow("acme", "other", "3.0.0");
  s.workflow("zeta", "order", "4.0.0");
  CAF_CHECK_EQUAL(highest(), "1.10.0");
  s.workflow("acme", "order", "2.0.0-rc.1");
  CAF_CHECK_EQUAL(highest(), "2.0.0-rc.1");
  s.workflow("acme", "order", "2.0.0");
  s.workflow("acme", "order", "0.1.0");
  CAF_CHECK_EQUAL(highest(), "2.0.0");
}

void lists_by_name_then_newest_version(session& s) {
  for (const std::string name : {"b", "a", "c"})
    for (const std::string version : {"1.2.0", "1.10.0", "1.9.0", "1.9.0+build"})
      s.workflow("acme", name, version);
  s.workflow("zeta", "a", "9.0.0");
  std::vector<workflow_ref> expected, seen;
  for (const std::string name : {"a", "b", "c"})
    for (const std::string version : {"1.10.0", "1.9.0+build", "1.9.0", "1.2.0"})
      expected.push_back({"shop", name, version});
  for (const size_t limit : {1u, 3u, 5u, 12u, 100u}) {
    seen.clear();
    std::optional<workflow_ref> after;
    for (;;) {
      const auto page = s.read().list_workflows("acme", after, limit).value();
      CAF_CHECK(page.size() <= limit);
      if (page.empty()) break;
      for (const auto& w : page) {
        CAF_CHECK(w.source.empty() && w.resources.empty());
        CAF_CHECK(!w.digest.empty() && w.id != 0);
        seen.push_back(w.ref);
      }
      after = seen.back();
    }
    CAF_CHECK(seen == expected);
  }
}

void one_batch_can_deploy_several(session& s) {
  s.commit_one("acme", {deploy("a"), deploy("b"), event("1")});
  CAF_CHECK(s.read().list_workflows("acme", {}, 10).value().size() == 2u);
  // The second is refused, so the first is not there either, nor is the tenant.
  CAF_CHECK(s.commit_one("zeta", {deploy("a"), deploy("a", "1.0.0", "sha256:2")}).what ==
            kind::conflict);
  CAF_CHECK(s.read().list_workflows("zeta", {}, 10).value().empty());
  CAF_CHECK(s.read().tenants().value() == std::vector<tenant_id>{"acme"});
  CAF_CHECK(s.commit_one("zeta", {deploy("a")}).what == kind::committed);
}

constexpr requirement list[] = {
    {"a workflow comes back as it was deployed", returns_what_was_deployed},
    {"a deployed version never changes", a_version_never_changes},
    {"without a version the highest is found", no_version_means_the_highest},
    {"workflows are listed by name, newest version first, in pages",
     lists_by_name_then_newest_version},
    {"one batch can deploy several workflows, or none", one_batch_can_deploy_several},
};

} // namespace

std::span<const requirement> workflows_conformance() { return list; }

} // namespace steward::store::tests
