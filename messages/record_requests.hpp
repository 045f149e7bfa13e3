#pragma once

#include "messages/ids.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

/// What is asked about collections and their records (docs/records.md). Each message travels with a
/// `reply_slot`; what is written is answered once it is durable.
namespace steward {

/// Under which condition a record is written: what If-Match and If-None-Match say.
struct record_guard {
  enum class kind : uint8_t {
    none,
    version, ///< It has this version (If-Match: "5").
    present, ///< It is there (If-Match: *).
    absent,  ///< It is not (If-None-Match: *).
  };
  kind what = kind::none;
  uint64_t version = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, record_guard& x) {
    return f(caf::meta::type_name("record_guard"), x.what, x.version);
  }
};

// --- to a tenant (behind its door), for slot "store/records" ---

/// Makes a collection or changes it. Body: {schema, indexes: [{name, fields, unique}], history},
/// all optional. `created` or `ok` with the collection; invalid_request, unprocessable (a schema
/// that is none), conflict (the records don't allow a unique index), unavailable.
struct declare_collection {
  tenant_id tenant;
  std::string name, body;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, declare_collection& x) {
    return f(caf::meta::type_name("declare_collection"), x.tenant, x.name, x.body);
  }
};
/// `no_content`; not_found, conflict (it has records).
struct remove_collection {
  tenant_id tenant;
  std::string name;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, remove_collection& x) {
    return f(caf::meta::type_name("remove_collection"), x.tenant, x.name);
  }
};

enum class record_writing : uint8_t {
  replace, ///< The body is the whole record.
  merge,   ///< The body is a JSON Merge Patch (RFC 7396) of one that is there.
};
/// `created` or `ok` with {id, version, created_at, updated_at, data}; invalid_request, not_found
/// (collection, or what is to be merged), unprocessable (against the schema), conflict (a unique
/// index), precondition_failed, unavailable.
struct write_record {
  tenant_id tenant;
  std::string collection;
  std::string id; ///< Empty: the server makes one, from `idempotency_key` when that is given.
  std::string body;
  record_writing how = record_writing::replace;
  record_guard guard;
  std::string idempotency_key; ///< Of a record without an id: the same one makes no second record.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, write_record& x) {
    return f(caf::meta::type_name("write_record"), x.tenant, x.collection, x.id, x.body, x.how,
             x.guard, x.idempotency_key);
  }
};
/// Puts many records, all or none. Body: {records: [{id, data, if_version}]}; `ok` with {items:
/// [{id, version, created}]}; otherwise as write_record.
struct write_records {
  tenant_id tenant;
  std::string collection, body;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, write_records& x) {
    return f(caf::meta::type_name("write_records"), x.tenant, x.collection, x.body);
  }
};
/// `no_content`, also when it was not there; not_found (collection), precondition_failed.
struct remove_record {
  tenant_id tenant;
  std::string collection, id;
  record_guard guard;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, remove_record& x) {
    return f(caf::meta::type_name("remove_record"), x.tenant, x.collection, x.id, x.guard);
  }
};

// --- to slot "store/record_queries" ---

/// {items, next}, by name.
struct list_collections {
  tenant_id tenant;
  std::string cursor;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, list_collections& x) {
    return f(caf::meta::type_name("list_collections"), x.tenant, x.cursor, x.limit);
  }
};
/// {name, schema, indexes, history, view, version, updated_at}; not_found.
struct get_collection {
  tenant_id tenant;
  std::string name;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_collection& x) {
    return f(caf::meta::type_name("get_collection"), x.tenant, x.name);
  }
};
/// {items, next}. invalid_request for words that are none (messages/record_words.hpp), not_found
/// (collection), unprocessable (no index serves it, and it took too long).
struct find_records {
  tenant_id tenant;
  std::string collection, filter, sort, cursor;
  uint32_t limit = 50;
  bool documents = false; ///< Items are the records' data alone, with their ids.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, find_records& x) {
    return f(caf::meta::type_name("find_records"), x.tenant, x.collection, x.filter, x.sort,
             x.cursor, x.limit, x.documents);
  }
};
/// {id, version, created_at, updated_at, data}; not_found.
struct get_record {
  tenant_id tenant;
  std::string collection, id;
  bool documents = false; ///< As for find_records.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_record& x) {
    return f(caf::meta::type_name("get_record"), x.tenant, x.collection, x.id, x.documents);
  }
};
/// {items, next}: its versions, newest first; `data` is null where it was deleted. not_found when
/// there is nothing of it.
struct get_record_history {
  tenant_id tenant;
  std::string collection, id, cursor;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_record_history& x) {
    return f(caf::meta::type_name("get_record_history"), x.tenant, x.collection, x.id, x.cursor,
             x.limit);
  }
};

// --- to slot "store/queries" ---

/// `ok` when the store can be read; unavailable.
struct probe_store {
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, probe_store&) {
    return f(caf::meta::type_name("probe_store"));
  }
};

} // namespace steward
