#include "workflow/machine/parameter_style.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/address.hpp"

namespace steward::workflow {

namespace {

using parameter = api_operation::parameter;

std::string encoded(std::string_view text) {
  auto out = std::string{};
  append_percent_encoded(out, text);
  return out;
}

std::string plain(const parameter& p, const value& v) {
  return p.style == "json" ? to_json(v) : scalar_text(v, "parameters", p.name);
}

/// `a,b` of an array, `k,v` or, exploded, `k=v` of an object; each text through `write`.
template <class Write>
std::string joined(const parameter& p, const value& v, std::string_view between, Write write) {
  auto out = std::string{};
  auto add = [&](const std::string& text) {
    if (!out.empty()) out += between;
    out += text;
  };
  auto text = [&](const value& item) { return write(scalar_text(item, "parameters", p.name)); };
  if (v.is_array()) {
    for (const auto& item : v.items()) add(text(item));
    return out;
  }
  for (const auto& [key, item] : v.members()) {
    if (item.is_null()) continue;
    auto name = write(std::string{key.as_string()});
    if (p.explode) {
      add(name + "=" + text(item));
    } else {
      add(name);
      add(text(item));
    }
  }
  return out;
}

bool is_scalar(const parameter& p, const value& v) {
  return p.style == "json" || (!v.is_array() && !v.is_object());
}

/// `;name=a`
std::string matrix(const parameter& p, const value& v) {
  auto name = ";" + encoded(p.name);
  if (is_scalar(p, v)) return name + "=" + encoded(plain(p, v));
  if (!p.explode) return name + "=" + joined(p, v, ",", encoded);
  auto out = std::string{};
  if (v.is_array())
    for (const auto& item : v.items()) out += name + "=" + encoded(plain(p, item));
  else
    out = ";" + joined(p, v, ";", encoded);
  return out;
}

/// What stands between the items of an array, percent-encoded where it must be.
std::string_view separator(const parameter& p) {
  if (p.style == "spaceDelimited") return "%20";
  if (p.style == "pipeDelimited") return "%7C";
  if (p.style == "tabDelimited") return "%09";
  return ",";
}

void append_pair(std::string& query, const std::string& name, const std::string& text) {
  if (!query.empty()) query += '&';
  query += name + "=" + text;
}

/// `name[member]=text` at any depth.
void append_deep(std::string& query, const parameter& p, const std::string& name, const value& v) {
  if (v.is_null()) return;
  if (v.is_object()) {
    for (const auto& [key, item] : v.members())
      append_deep(query, p, name + "[" + std::string{key.as_string()} + "]", item);
  } else if (v.is_array()) {
    for (size_t i = 0; i < v.items().size(); ++i)
      append_deep(query, p, name + "[" + std::to_string(i) + "]", v.items()[i]);
  } else {
    append_pair(query, encoded(name), encoded(plain(p, v)));
  }
}

/// What would end a cookie's text, or is no text.
std::string cookie_text(std::string_view text) {
  auto out = std::string{};
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f || c == ';' || c == ',' || c == '"' || c == '\\' || c == '%')
      append_percent_encoded(out, {&c, 1});
    else
      out += c;
  }
  return out;
}

} // namespace

std::string styled_path(const parameter& p, const value& v) {
  if (p.style == "matrix") return matrix(p, v);
  auto is_label = p.style == "label";
  auto start = is_label ? "." : "";
  if (is_scalar(p, v)) {
    auto text = encoded(plain(p, v));
    // A step that is empty or made of dots would lead to another path.
    if (!is_label && (text.empty() || text == "." || text == ".."))
      refuse_field("parameters", "`" + p.name + "` can't be a step of a path");
    return start + text;
  }
  auto text = joined(p, v, is_label && p.explode ? "." : ",", encoded);
  if (text.empty()) refuse_field("parameters", "`" + p.name + "` is empty");
  return start + text;
}

void append_styled_query(std::string& query, const parameter& p, const value& v) {
  auto name = encoded(p.name);
  if (p.style == "deepObject") return append_deep(query, p, p.name, v);
  if (is_scalar(p, v)) return append_pair(query, name, encoded(plain(p, v)));
  if (!p.explode) return append_pair(query, name, joined(p, v, separator(p), encoded));
  if (v.is_array()) {
    for (const auto& item : v.items()) append_pair(query, name, encoded(plain(p, item)));
    return;
  }
  for (const auto& [key, item] : v.members())
    if (!item.is_null())
      append_pair(query, encoded(key.as_string()),
                  encoded(scalar_text(item, "parameters", key.as_string())));
}

void append_styled_cookie(std::string& cookies, const parameter& p, const value& v) {
  auto add = [&](std::string_view name, const std::string& text) {
    if (!cookies.empty()) cookies += "; ";
    cookies.append(cookie_text(name)).append("=").append(text);
  };
  if (is_scalar(p, v)) return add(p.name, cookie_text(plain(p, v)));
  if (!p.explode || v.is_array()) return add(p.name, joined(p, v, "%2C", cookie_text));
  for (const auto& [key, item] : v.members())
    if (!item.is_null())
      add(key.as_string(), cookie_text(scalar_text(item, "parameters", key.as_string())));
}

value styled_header(const parameter& p, const value& v) {
  if (is_scalar(p, v)) return value{plain(p, v)};
  return value{joined(p, v, ",", [](std::string text) { return text; })};
}

} // namespace steward::workflow
