#include "intelligence/noshow/model.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::noshow {

namespace {

using workflow::value;

constexpr std::string_view kind_name = "no_show_model";
constexpr int64_t version = 1;
constexpr size_t most_features = 4096;
constexpr size_t most_nodes = 10'000'000;

/// What is wrong, as a sentence; thrown and caught within this file.
struct refused {
  std::string why;
};

value numbers(const std::vector<double>& v) {
  std::vector<value> items(v.begin(), v.end());
  return value::array(std::move(items));
}

// A node is an array: [value] is a leaf; [feature, left, right, missing left, threshold] asks for a
// number, [feature, left, right, missing left, [codes]] for a category.
value node_value(const tree_node& n) {
  if (n.feature == tree_node::leaf) return value::array({n.value});
  value test = n.threshold;
  if (n.categorical) {
    std::vector<value> codes;
    for (unsigned code = 0; code < 256; ++code)
      if (n.left_codes.contains(code)) codes.push_back(code);
    test = value::array(std::move(codes));
  }
  return value::array({n.feature, n.left, n.right, n.missing_left, test});
}

value tree_value(const tree& t) {
  std::vector<value> nodes;
  for (const auto& n : t) nodes.push_back(node_value(n));
  return value::array(std::move(nodes));
}

double number(const value* v, const char* name) {
  if (!v || !v->is_number() || !std::isfinite(v->as_double()))
    throw refused{std::string{name} + " must be a number"};
  return v->as_double();
}

std::span<const value> array(const value* v, const char* name) {
  if (!v || !v->is_array()) throw refused{std::string{name} + " must be an array"};
  return v->items();
}

size_t index(const value& v, size_t below, const char* name) {
  if (!v.is_int() || v.as_int() < 0 || static_cast<uint64_t>(v.as_int()) >= below)
    throw refused{std::string{name} + " is out of range"};
  return static_cast<size_t>(v.as_int());
}

feature_reader read_feature(const value& v) {
  feature_reader reader;
  const auto* name = v.find("name");
  if (!name || !name->is_string()) throw refused{"a feature must have a name"};
  reader.name = name->as_string();
  if (const auto* words = v.find("words")) {
    reader.kind = feature_kind::category;
    for (const auto& w : array(words, "words")) {
      if (!w.is_string()) throw refused{"words must be texts"};
      reader.words.emplace_back(w.as_string());
    }
    if (reader.words.size() > 255) throw refused{"a feature has too many words"};
  } else {
    for (const auto& e : array(v.find("edges"), "edges"))
      reader.edges.push_back(number(&e, "edge"));
  }
  reader.index_words();
  return reader;
}

tree_node read_node(const value& v, size_t place, size_t nodes,
                    const std::vector<feature_reader>& features) {
  const auto parts = array(&v, "a node");
  tree_node n;
  if (parts.size() == 1) {
    n.value = number(&parts[0], "a leaf");
    return n;
  }
  if (parts.size() != 5) throw refused{"a node has 1 or 5 parts"};
  const auto feature = index(parts[0], features.size(), "a node's feature");
  n.feature = static_cast<int>(feature);
  n.left = static_cast<uint32_t>(index(parts[1], nodes, "a node's left child"));
  n.right = static_cast<uint32_t>(index(parts[2], nodes, "a node's right child"));
  // A walk only ever goes on in the array, so it ends.
  if (n.left <= place || n.right <= place) throw refused{"a node's children must come after it"};
  if (!parts[3].is_bool()) throw refused{"where the unknown go must be true or false"};
  n.missing_left = parts[3].as_bool();
  n.categorical = features[feature].kind == feature_kind::category;
  if (!n.categorical) {
    n.threshold = number(&parts[4], "a threshold");
  } else {
    for (const auto& code : array(&parts[4], "codes"))
      n.left_codes.insert(static_cast<unsigned>(index(code, 256, "a code")));
  }
  return n;
}

forest read_forest(const value& root, const std::vector<feature_reader>& features) {
  forest f;
  f.base = number(root.find("base"), "base");
  size_t nodes = 0;
  for (const auto& t : array(root.find("trees"), "trees")) {
    const auto items = array(&t, "a tree");
    nodes += items.size();
    if (items.empty() || nodes > most_nodes)
      throw refused{"a tree is empty or the trees too large"};
    tree read;
    for (const auto& n : items) read.push_back(read_node(n, read.size(), items.size(), features));
    f.trees.push_back(std::move(read));
  }
  return f;
}

calibration read_calibration(const value* v) {
  if (!v) throw refused{"there is no calibration"};
  calibration c;
  c.slope = number(v->find("slope"), "slope");
  c.offset = number(v->find("offset"), "offset");
  for (const auto& p : array(v->find("points"), "points")) {
    const auto pair = array(&p, "a point");
    if (pair.size() != 2) throw refused{"a point has two parts"};
    c.points.push_back({number(&pair[0], "a score"), number(&pair[1], "a probability")});
    if (c.points.size() > 1 && c.points[c.points.size() - 2].score >= c.points.back().score)
      throw refused{"points must be in order"};
  }
  return c;
}

} // namespace

std::string risk_model::to_json() const {
  std::vector<value> features, trees, points;
  for (const auto& f : features_) {
    std::vector<value> words(f.words.begin(), f.words.end());
    features.push_back(f.kind == feature_kind::category
                           ? value::object({{"name", f.name}, {"words", value::array(words)}})
                           : value::object({{"name", f.name}, {"edges", numbers(f.edges)}}));
  }
  for (const auto& t : forest_.trees) trees.push_back(tree_value(t));
  for (const auto& p : calibration_.points)
    points.push_back(value::array({p.score, p.probability}));
  return workflow::to_json(value::object({
      {"kind", kind_name},
      {"version", version},
      {"rate", rate_},
      {"rate_weight", rate_weight_},
      {"features", value::array(std::move(features))},
      {"base", forest_.base},
      {"calibration", value::object({{"slope", calibration_.slope},
                                     {"offset", calibration_.offset},
                                     {"points", value::array(std::move(points))}})},
      {"trees", value::array(std::move(trees))},
  }));
}

outcome<risk_model, std::string> risk_model::from_json(std::string_view text) try {
  const auto parsed = workflow::parse_json(text);
  if (!parsed) return failed{"the model is not JSON: " + parsed.error().reason};
  const auto& root = *parsed;
  if (root.get("kind") != value{kind_name} || root.get("version") != value{version})
    return failed{std::string{"expected a no_show_model of version 1"}};
  risk_model model;
  model.rate_ = number(root.find("rate"), "rate");
  model.rate_weight_ = number(root.find("rate_weight"), "rate_weight");
  if (!(model.rate_ > 0 && model.rate_ < 1 && model.rate_weight_ > 0))
    throw refused{"rate must be between 0 and 1 and its weight positive"};
  for (const auto& f : array(root.find("features"), "features"))
    model.features_.push_back(read_feature(f));
  if (model.features_.size() > most_features) throw refused{"there are too many features"};
  model.forest_ = read_forest(root, model.features_);
  model.calibration_ = read_calibration(root.find("calibration"));
  return model;
} catch (const refused& what) {
  return failed{"the model can't be used: " + what.why};
}

} // namespace steward::intelligence::noshow
