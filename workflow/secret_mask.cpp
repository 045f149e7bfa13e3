#include "workflow/secret_mask.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

void collect(const value& v, std::vector<std::string>& texts) {
  if (v.is_string() && v.size() > 0) texts.emplace_back(v.as_string());
  if (v.is_array())
    for (const auto& item : v.items()) collect(item, texts);
  if (v.is_object())
    for (const auto& m : v.members()) collect(m.item, texts);
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// `plain`: characters besides letters and digits that stay as they are.
std::string percent_encoded(std::string_view text, std::string_view plain, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') || plain.find(c) != plain.npos;
    if (stays) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

void sort_longest_first(std::vector<std::string>& texts) {
  std::ranges::sort(texts, [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

} // namespace

secret_mask::secret_mask(const value& secrets) {
  std::vector<std::string> texts;
  collect(secrets, texts);
  for (const auto& t : texts) add(t);
  for (auto* list : {&whole_, &anywhere_, &quoted_}) sort_longest_first(*list);
}

void secret_mask::add(std::string_view secret) {
  whole_.emplace_back(secret);
  if (secret.size() < exact_from) {
    quoted_.push_back(json_string(secret));
    return;
  }
  anywhere_.emplace_back(secret);
  const auto escaped = json_string(secret);
  anywhere_.push_back(escaped.substr(1, escaped.size() - 2));
  for (const auto* digits : {"0123456789ABCDEF", "0123456789abcdef"})
    for (const auto* plain : {"-._~", "-_.!~*'()", ""})
      anywhere_.push_back(percent_encoded(secret, plain, digits));
  auto form = percent_encoded(secret, "-._~ ", "0123456789ABCDEF");
  std::ranges::replace(form, ' ', '+');
  anywhere_.push_back(std::move(form));
  add_base64(secret);
}

/// Inside of a longer text (user:password) a secret begins at any of three places of a group. Its
/// first and last characters there depend on its neighbours; the others are the secret's own.
void secret_mask::add_base64(std::string_view secret) {
  for (size_t offset = 0; offset < 3; ++offset) {
    const auto encoded = base64::encode(std::string(offset, '\0').append(secret));
    const auto first = (offset * 8 + 5) / 6;
    const auto end = (offset + secret.size()) * 8 / 6;
    auto own = encoded.substr(first, end - first);
    anywhere_.push_back(own);
    std::ranges::replace(own, '+', '-');
    std::ranges::replace(own, '/', '_');
    anywhere_.push_back(std::move(own));
  }
  anywhere_.push_back(base64::encode(secret)); // with what ends it
}

bool secret_mask::mask_anywhere(std::string& text) const {
  bool changed = false;
  for (const auto& secret : anywhere_)
    for (auto at = text.find(secret); at != text.npos;
         at = text.find(secret, at + masked_text.size())) {
      text.replace(at, secret.size(), masked_text);
      changed = true;
    }
  return changed;
}

std::string secret_mask::masked(std::string text) const {
  if (empty()) return text;
  if (std::ranges::find(whole_, text) != whole_.end()) return std::string{masked_text};
  mask_anywhere(text);
  for (const auto& secret : quoted_)
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + 1)) {
      const auto after = text.find_first_not_of(" \t\r\n", at + secret.size());
      if (after != text.npos && text[after] == ':') continue; // a member's name
      text.replace(at + 1, secret.size() - 2, masked_text);
    }
  return text;
}

value secret_mask::masked(const value& v) const {
  if (empty()) return v;
  if (v.is_string()) {
    if (std::ranges::find(whole_, v.as_string()) != whole_.end()) return value{masked_text};
    auto text = std::string{v.as_string()};
    return mask_anywhere(text) ? value{text} : v;
  }
  if (v.is_array()) {
    auto out = v;
    for (size_t i = 0; i < v.size(); ++i)
      if (auto item = masked(v.items()[i]); item != v.items()[i]) out.set_item(i, std::move(item));
    return out;
  }
  if (!v.is_object()) return v;
  std::vector<member> members;
  bool changed = false;
  for (const auto& m : v.members()) {
    auto key = std::string{m.key.as_string()};
    changed = mask_anywhere(key) || changed;
    auto item = masked(m.item);
    changed = changed || item != m.item;
    members.emplace_back(value{key}, std::move(item));
  }
  return changed ? value::object(std::move(members)) : v;
}

} // namespace steward::workflow
