#include "gateway/openapi.hpp"

namespace steward::gateway {

// The document's components: what operations and answers refer to.
std::string_view openapi_schemas() {
  return R"json({
"securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key. Not needed in dev mode."}},
"headers": {
  "Location": {"description": "Where it can be read.", "schema": {"type": "string"}},
  "PreferenceApplied": {"description": "The wait that was granted.", "schema": {"type": "string", "examples": ["wait=5"]}},
  "ETag": {"description": "The record's version.", "schema": {"type": "string", "examples": ["\"5\""]}},
  "RetryAfter": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "minimum": 1}}},
"parameters": {
  "path_namespace": {"name": "namespace", "in": "path", "required": true, "description": "The workflow's namespace.", "schema": {"type": "string"}},
  "path_name": {"name": "name", "in": "path", "required": true, "description": "The workflow's name.", "schema": {"type": "string"}},
  "path_id": {"name": "id", "in": "path", "required": true, "description": "The run's id.", "schema": {"type": "string", "format": "uuid"}},
  "path_collection": {"name": "collection", "in": "path", "required": true, "description": "The collection's name.", "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}},
  "path_record": {"name": "record", "in": "path", "required": true, "description": "The record's id.", "schema": {"type": "string", "pattern": "^[A-Za-z0-9._~:@-]{1,128}$"}},
  "query_filter": {"name": "filter", "in": "query", "description": "Which records, as JSON: a value or operators for each field, and `any`, `all`, `not`.", "schema": {"type": "string", "examples": ["{\"status\": \"open\", \"total\": {\"gt\": 10}}"]}},
  "query_sort": {"name": "sort", "in": "query", "description": "Up to four fields, `-` for descending.", "schema": {"type": "string", "examples": ["-total,customer.name"]}},
  "query_limit": {"name": "limit", "in": "query", "description": "How many items a page has at most.", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
  "query_steps": {"name": "limit", "in": "query", "description": "How many steps a page has at most.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000}},
  "query_step": {"name": "step", "in": "query", "description": "The `seq` of one of the run's events; the last if left out.", "schema": {"type": "integer", "minimum": 1}},
  "query_cursor": {"name": "cursor", "in": "query", "description": "The `next` of the page before.", "schema": {"type": "string"}},
  "query_version": {"name": "version", "in": "query", "description": "A version; the newest if left out.", "schema": {"type": "string"}},
  "query_status": {"name": "status", "in": "query", "description": "Only runs that are so.", "schema": {"$ref": "#/components/schemas/RunStatus"}},
  "query_workflow": {"name": "workflow", "in": "query", "description": "Only runs of this workflow: namespace/name.", "schema": {"type": "string"}},
  "query_after": {"name": "after", "in": "query", "description": "The last sequence number seen: what came after it is sent without a gap.", "schema": {"type": "integer", "minimum": 0}},
  "query_type": {"name": "type", "in": "query", "description": "Event types, or prefixes that end in `*`; repeated or separated by commas.", "schema": {"type": "array", "items": {"type": "string"}}},
  "query_subject": {"name": "subject", "in": "query", "description": "A subject, or a prefix that ends in `*`.", "schema": {"type": "string"}},
  "query_run": {"name": "run", "in": "query", "description": "A run whose tasks' progress is wanted too; it comes without a sequence.", "schema": {"type": "string", "format": "uuid"}},
  "header_Prefer": {"name": "Prefer", "in": "header", "description": "wait=N: how many seconds to wait for the run's end, at most 60.", "schema": {"type": "string", "examples": ["wait=5"]}},
  "header_IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "description": "The same key gives the same run back.", "schema": {"type": "string", "minLength": 1, "maxLength": 255}},
  "header_RecordKey": {"name": "Idempotency-Key", "in": "header", "description": "The same key makes no second record.", "schema": {"type": "string", "minLength": 1, "maxLength": 255}},
  "header_IfMatch": {"name": "If-Match", "in": "header", "description": "Only while the record has this version, as its ETag said; `*`: only if it is there.", "schema": {"type": "string", "examples": ["\"5\"", "*"]}},
  "header_IfNoneMatch": {"name": "If-None-Match", "in": "header", "description": "`*`: only if there is no such record yet.", "schema": {"const": "*"}},
  "header_LastEventId": {"name": "Last-Event-ID", "in": "header", "description": "Like `after`, and before it.", "schema": {"type": "string"}}},
"schemas": {
  "Problem": {"type": "object", "description": "RFC 9457.", "required": ["type", "title", "status", "detail", "instance", "code"], "properties": {
    "type": {"type": "string", "format": "uri"}, "title": {"type": "string"}, "status": {"type": "integer"},
    "detail": {"type": "string"}, "instance": {"type": "string"}, "code": {"type": "string"},
    "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}}}},
  "FieldProblem": {"type": "object", "required": ["pointer", "detail"], "properties": {
    "pointer": {"type": "string", "description": "A JSON pointer, or the name of a parameter or header."},
    "detail": {"type": "string"}, "expected": {"type": "string"},
    "line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1},
    "offset": {"type": "integer", "minimum": 0, "description": "In bytes."}}},
  "RunStatus": {"type": "string", "enum": ["pending", "running", "waiting", "suspended", "cancelled", "faulted", "completed"]},
  "WorkflowRef": {"type": "object", "required": ["namespace", "name", "version"], "properties": {
    "namespace": {"type": "string"}, "name": {"type": "string"}, "version": {"type": "string"}}},
  "WorkflowItem": {"type": "object", "required": ["namespace", "name", "version", "digest", "created_at"], "properties": {
    "namespace": {"type": "string"}, "name": {"type": "string"}, "version": {"type": "string"},
    "title": {"type": ["string", "null"]}, "digest": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"}}},
  "Workflow": {"allOf": [{"$ref": "#/components/schemas/WorkflowItem"}, {"type": "object", "required": ["versions", "source", "definition"], "properties": {
    "versions": {"type": "array", "items": {}}, "source": {"type": "string"}, "definition": {"type": "object"}}}]},
  "WorkflowPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/WorkflowItem"}}, "next": {"type": ["string", "null"]}}},
  "Run": {"type": "object", "required": ["id", "workflow", "status", "input", "output", "error", "created_at", "started_at", "ended_at", "attempts"], "properties": {
    "id": {"type": "string", "format": "uuid"}, "workflow": {"$ref": "#/components/schemas/WorkflowRef"},
    "status": {"$ref": "#/components/schemas/RunStatus"}, "input": {}, "output": {}, "error": {"type": ["object", "null"]},
    "created_at": {"type": "string", "format": "date-time"}, "started_at": {"type": ["string", "null"], "format": "date-time"},
    "ended_at": {"type": ["string", "null"], "format": "date-time"}, "attempts": {"type": "integer"}}},
  "RunPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}, "next": {"type": ["string", "null"]}}},
  "RunInputs": {"type": "object", "required": ["inputs"], "additionalProperties": false, "properties": {
    "inputs": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {}}}},
  "RunIds": {"type": "object", "required": ["ids"], "properties": {
    "ids": {"type": "array", "description": "In the order of the inputs.", "items": {"type": "string", "format": "uuid"}}}},
  "RunEvent": {"type": "object", "required": ["seq", "time", "type", "task", "attempt", "data"], "properties": {
    "seq": {"type": "integer"}, "time": {"type": "string", "format": "date-time"}, "type": {"type": "string"},
    "task": {"type": ["string", "null"]}, "attempt": {"type": "integer"}, "data": {"type": ["object", "null"]}}},
  "RunEventPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/RunEvent"}}, "next": {"type": ["string", "null"]}}},
  "CloudEvent": {"type": "object", "description": "CloudEvents 1.0.", "required": ["specversion", "id", "source", "type"], "properties": {
    "specversion": {"const": "1.0"}, "id": {"type": "string", "minLength": 1}, "source": {"type": "string", "minLength": 1},
    "type": {"type": "string", "minLength": 1}, "data": {}, "data_base64": {"type": "string"}}},
  "PublishedEvents": {"type": "object", "required": ["items"], "properties": {
    "items": {"type": "array", "items": {"type": "object", "required": ["id", "source", "sequence", "duplicate"], "properties": {
      "id": {"type": "string"}, "source": {"type": "string"}, "sequence": {"type": "integer", "minimum": 1},
      "duplicate": {"type": "boolean", "description": "It was kept already, at this sequence."}}}}}},
  "KeptEventPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"type": "object", "required": ["sequence", "received_at", "event"], "properties": {
      "sequence": {"type": "integer", "minimum": 1}, "received_at": {"type": "string", "format": "date-time"},
      "event": {"$ref": "#/components/schemas/CloudEvent"}}}}, "next": {"type": ["string", "null"]}}},
  "RunMoment": {"type": "object", "required": ["run", "step", "steps", "status", "context", "tasks", "variables", "output", "outstanding", "completed", "truncated"], "properties": {
    "run": {"type": "object", "description": "The run as it is now, without input and output."},
    "step": {"$ref": "#/components/schemas/RunEvent"},
    "steps": {"type": "integer", "description": "How many there are so far."},
    "status": {"$ref": "#/components/schemas/RunStatus"}, "context": {},
    "tasks": {"type": "array", "description": "Those that are open, outermost first, branch by branch.", "items": {"$ref": "#/components/schemas/OpenTask"}},
    "variables": {"type": "object", "description": "What the task that did the step sees, beside what the language gives."},
    "output": {"description": "The run's, or what flows at its top level."},
    "outstanding": {"type": "array", "description": "Calls, timers, listeners and children without an answer.", "items": {"type": "object", "required": ["kind"], "properties": {
      "kind": {"type": "string", "enum": ["call", "timer", "listener", "child"]}, "task": {"type": "string"},
      "method": {"type": "string"}, "url": {"type": "string"}, "attempt": {"type": "integer"},
      "due_at": {"type": "string", "format": "date-time"}, "types": {"type": "array", "items": {"type": "string"}},
      "workflow": {"type": "string"}, "version": {"type": "string"}}}},
    "completed": {"type": "array", "description": "The outputs of up to 20 tasks that completed last.", "items": {"type": "object", "required": ["pointer", "name", "output"], "properties": {
      "pointer": {"type": "string"}, "name": {"type": "string"}, "output": {}}}},
    "truncated": {"type": "boolean", "description": "Some data were left out, since they are too large."}}},
  "OpenTask": {"type": "object", "required": ["pointer", "name", "kind", "branch", "input", "filtered_input", "data", "started_at", "attempt", "variables"], "properties": {
    "pointer": {"type": "string"}, "name": {"type": "string"}, "kind": {"type": "string"},
    "branch": {"type": "array", "description": "Which branch of each fork around.", "items": {"type": "integer"}},
    "input": {"description": "As it came."}, "filtered_input": {"description": "After `input.from`."}, "data": {"description": "What flows inside it."},
    "started_at": {"type": "string", "format": "date-time"}, "attempt": {"type": "integer"},
    "variables": {"type": "object", "description": "Those it declares."}}},
  "RunRetry": {"type": "object", "additionalProperties": false, "properties": {
    "task": {"type": "string", "description": "A task's pointer, or its name: one of a scope that was open when the run ended.", "examples": ["/do/2/pay"]},
    "input": {"description": "Its raw input; as it was if left out."}}},
  "Evaluation": {"type": "object", "required": ["expression"], "additionalProperties": false, "properties": {
    "expression": {"type": "string", "examples": ["${ .items | length }"]}, "data": {"description": "What `.` is."},
    "variables": {"type": "object", "description": "By name, without the dollar sign."}}},
  "EvaluationResults": {"type": "object", "required": ["results", "truncated"], "properties": {
    "results": {"type": "array", "items": {}, "maxItems": 1000}, "truncated": {"type": "boolean", "description": "There are more."}}},
  "Schedule": {"type": "object", "required": ["workflow", "kind", "expression", "interval", "timezone", "overlap", "catch_up", "paused", "next_due", "last_due", "last_run", "missed"], "properties": {
    "workflow": {"$ref": "#/components/schemas/WorkflowRef"}, "kind": {"type": "string", "enum": ["every", "cron", "after", "on"]},
    "expression": {"type": ["string", "null"], "description": "cron: as written."},
    "interval": {"type": ["string", "object", "null"], "description": "every, after: as written."},
    "timezone": {"type": ["string", "null"]},
    "overlap": {"type": ["string", "null"], "enum": ["allow", "skip", "queue", null]},
    "catch_up": {"type": ["string", "null"], "enum": ["none", "one", "all", null]},
    "paused": {"type": "boolean"},
    "next_due": {"type": ["string", "null"], "format": "date-time", "description": "Null while it is paused, waits for the end of a run, or starts on events."},
    "last_due": {"type": ["string", "null"], "format": "date-time"}, "last_run": {"type": ["string", "null"], "format": "uuid"},
    "missed": {"type": "integer", "description": "Due times without a run since it began."}}},
  "SchedulePage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Schedule"}}, "next": {"type": ["string", "null"]}}},
  "RecordIndex": {"type": "object", "required": ["name", "fields"], "additionalProperties": false, "properties": {
    "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
    "fields": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "string"}, "examples": [["customer.city", "total"]]},
    "unique": {"type": "boolean", "default": false, "description": "No two records have the same numbers, strings or booleans in all of them."}}},
  "CollectionDeclaration": {"type": "object", "additionalProperties": false, "properties": {
    "schema": {"type": ["object", "boolean"], "description": "JSON Schema, draft 2020-12, that every record written has to fit."},
    "indexes": {"type": "array", "maxItems": 16, "items": {"$ref": "#/components/schemas/RecordIndex"}},
    "history": {"type": "boolean", "default": false, "description": "Every version of a record stays readable."}}},
  "Collection": {"type": "object", "required": ["name", "schema", "indexes", "history", "view", "version", "updated_at"], "properties": {
    "name": {"type": "string"}, "schema": {"type": ["object", "boolean"]},
    "indexes": {"type": "array", "items": {"$ref": "#/components/schemas/RecordIndex"}}, "history": {"type": "boolean"},
    "view": {"type": "string", "description": "The database's view with a column for each property of the schema."},
    "version": {"type": "integer", "minimum": 1}, "updated_at": {"type": "string", "format": "date-time"}}},
  "CollectionPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}}, "next": {"type": ["string", "null"]}}},
  "Record": {"type": "object", "required": ["id", "version", "created_at", "updated_at", "data"], "properties": {
    "id": {"type": "string"}, "version": {"type": "integer", "minimum": 1, "description": "Grows with each change in the collection, and is never used again."},
    "created_at": {"type": "string", "format": "date-time"}, "updated_at": {"type": "string", "format": "date-time"},
    "data": {"type": ["object", "null"]}}},
  "RecordPage": {"type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}, "next": {"type": ["string", "null"]}}},
  "RecordBatch": {"type": "object", "required": ["records"], "additionalProperties": false, "properties": {
    "records": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object", "required": ["data"], "additionalProperties": false, "properties": {
      "id": {"type": "string", "description": "A new one if left out."}, "data": {"type": "object"},
      "if_version": {"type": "integer", "minimum": 0, "description": "Only while the record has this version; 0: only if it is new."}}}}}},
  "WrittenRecords": {"type": "object", "required": ["items"], "properties": {
    "items": {"type": "array", "items": {"type": "object", "required": ["id", "version", "created"], "properties": {
      "id": {"type": "string"}, "version": {"type": "integer", "minimum": 1}, "created": {"type": "boolean"}}}}}},
  "TreeNode": {"type": "object", "required": ["name", "path", "state", "strategy", "restarts", "mailbox", "up_us", "last_reason", "hidden", "children"], "properties": {
    "name": {"type": "string"}, "path": {"type": "string"},
    "state": {"type": "string", "enum": ["running", "starting", "stopping", "stopped", "busy"]},
    "strategy": {"type": ["string", "null"]}, "restarts": {"type": "integer"}, "mailbox": {"type": "integer"},
    "up_us": {"type": "integer", "description": "Microseconds since its last start."},
    "last_reason": {"type": ["string", "null"]}, "hidden": {"type": "integer"},
    "children": {"type": "array", "items": {"$ref": "#/components/schemas/TreeNode"}}}},
  "Cluster": {"type": "object", "required": ["name", "node", "lease_ms", "incident", "nodes", "shards"], "properties": {
    "name": {"type": "string"}, "node": {"type": ["integer", "null"], "description": "The id of the node that answers; null while the others have given it up."},
    "lease_ms": {"type": "integer"}, "incident": {"type": ["string", "null"], "description": "Why the whole cluster has stopped."},
    "nodes": {"type": "array", "items": {"type": "object", "required": ["id", "name", "address", "version", "state", "epoch", "shards", "expires_in_ms", "connected"], "properties": {
      "id": {"type": "integer", "description": "Of this life of the node."}, "name": {"type": "string"}, "address": {"type": "string"}, "version": {"type": "string"},
      "state": {"type": "string", "enum": ["active", "draining"]}, "epoch": {"type": "integer", "description": "Of its writer."},
      "shards": {"type": "integer"}, "expires_in_ms": {"type": "integer"}, "connected": {"type": "boolean", "description": "The answering node has a link to it."}}}},
    "shards": {"type": "array", "items": {"type": "object", "required": ["shard", "node", "epoch"], "properties": {
      "shard": {"type": "integer", "minimum": 0, "maximum": 255}, "node": {"type": ["integer", "null"]}, "epoch": {"type": "integer", "description": "Grows with each new owner."}}}}}},
  "ActorPath": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string", "description": "As the tree shows it.", "examples": ["store/journal"]}}},
  "Stats": {"type": "object", "required": ["runs", "version", "uptime_s", "started_at"], "properties": {
    "runs": {"type": "object", "additionalProperties": {"type": "integer"}}, "version": {"type": "string"},
    "uptime_s": {"type": "integer"}, "started_at": {"type": "string", "format": "date-time"}}},
  "State": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}}
})json";
}

} // namespace steward::gateway
