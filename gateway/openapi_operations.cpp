#include "gateway/openapi.hpp"

namespace steward::gateway {

// What each operation means. Path and query parameters are taken from the table of routes; an
// answer that is only a sentence is a problem document; 400, 401, 403 and 503 are added to every
// operation.
std::string_view openapi_operations() {
  return R"json({
"deployWorkflow": {
  "tag": "workflows", "summary": "Deploy a version of a workflow",
  "description": "Deploying the same text again changes nothing and answers 200.",
  "requestBody": {"required": true, "content": {
    "application/yaml": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "object"}}}},
  "responses": {
    "200": {"description": "This very text is deployed already.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WorkflowItem"}}}},
    "201": {"description": "Deployed.", "headers": {"Location": {"$ref": "#/components/headers/Location"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WorkflowItem"}}}},
    "409": "This version is deployed with other content.",
    "413": "The definition is too large.",
    "415": "The body is neither YAML nor JSON by its Content-Type.",
    "422": "The definition has problems; `errors` lists all of them, each with its place."}},
"listWorkflows": {
  "tag": "workflows", "summary": "List workflows",
  "responses": {"200": {"description": "One page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WorkflowPage"}}}}}},
"getWorkflow": {
  "tag": "workflows", "summary": "Read a workflow",
  "description": "As JSON with its versions and its source, or as the YAML or JSON text that was deployed, by Accept.",
  "responses": {
    "200": {"description": "The workflow.", "content": {
      "application/json": {"schema": {"$ref": "#/components/schemas/Workflow"}},
      "application/yaml": {"schema": {"type": "string"}}}},
    "404": "There is no such workflow or version.",
    "406": "It can't be had in what Accept asks for."}},
"startRun": {
  "tag": "runs", "summary": "Start a run",
  "description": "The body is the run's input. Answers once the run is durable; with `Prefer: wait=N` with the ended run if it ends within N seconds.",
  "headers": ["Prefer", "IdempotencyKey"],
  "requestBody": {"required": false, "content": {"application/json": {"schema": {}}}},
  "responses": {
    "200": {"description": "The run has ended within the wait.", "headers": {"Preference-Applied": {"$ref": "#/components/headers/PreferenceApplied"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "202": {"description": "The run has started.", "headers": {"Location": {"$ref": "#/components/headers/Location"}, "Preference-Applied": {"$ref": "#/components/headers/PreferenceApplied"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such workflow or version.",
    "413": "The input is too large.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The idempotency key was used with another request.",
    "429": "Past the tenant's limits; nothing was stored."}},
"startRuns": {
  "tag": "runs", "summary": "Start many runs, all or none",
  "description": "One run for each input, in one write. It does not wait for their ends. Repeated with its Idempotency-Key it answers the same ids.",
  "headers": ["IdempotencyKey"],
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunInputs"}}}},
  "responses": {
    "202": {"description": "All runs have started.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunIds"}}}},
    "404": "There is no such workflow or version.",
    "413": "The inputs are too large together.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The idempotency key was used with another request.",
    "429": "Past the tenant's limits; nothing was stored."}},
"listRuns": {
  "tag": "runs", "summary": "List runs, newest first",
  "responses": {"200": {"description": "One page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunPage"}}}}}},
"getRun": {
  "tag": "runs", "summary": "Read a run",
  "responses": {
    "200": {"description": "The run.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such run."}},
"getRunEvents": {
  "tag": "runs", "summary": "Read a run's history, oldest first",
  "parameters": {"limit": "steps"},
  "responses": {
    "200": {"description": "One page of its lifecycle events.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunEventPage"}}}},
    "404": "There is no such run."}},
"getRunReplay": {
  "tag": "runs", "summary": "See a run as it was right after one of its steps",
  "description": "The run is replayed from its journal up to that step.",
  "responses": {
    "200": {"description": "Its state then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunMoment"}}}},
    "404": "There is no such run."}},
"cancelRun": {
  "tag": "runs", "summary": "Cancel a run",
  "responses": {
    "200": {"description": "The run as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such run.", "409": "It has ended.", "429": "Past the tenant's limits."}},
"suspendRun": {
  "tag": "runs", "summary": "Suspend a run",
  "responses": {
    "200": {"description": "The run as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such run.", "409": "Its state does not allow it.", "429": "Past the tenant's limits."}},
"resumeRun": {
  "tag": "runs", "summary": "Resume a suspended run",
  "responses": {
    "200": {"description": "The run as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such run.", "409": "It is not suspended.", "429": "Past the tenant's limits."}},
"retryRun": {
  "tag": "runs", "summary": "Let a run that faulted or was cancelled go on",
  "description": "From the task that failed, or from the one that is named, with another input if one is given. Calls that are repeated carry the idempotency keys they had, unless an input is given.",
  "requestBody": {"required": false, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunRetry"}}}},
  "responses": {
    "200": {"description": "The run as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}},
    "404": "There is no such run.", "409": "It has neither faulted nor been cancelled.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "It can't go on from that task; the detail says why.", "429": "Past the tenant's limits."}},
"evaluateExpression": {
  "tag": "expressions", "summary": "Evaluate an expression",
  "description": "A preview for whoever writes one: bounded in steps, memory and results.",
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Evaluation"}}}},
  "responses": {
    "200": {"description": "What it gives.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EvaluationResults"}}}},
    "413": "The data are too large.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The expression does not compile, and `errors` has the place; or it fails."}},
"publishEvents": {
  "tag": "events", "summary": "Publish events",
  "description": "CloudEvents 1.0: one in structured mode (also as application/json), one in binary mode (ce- headers, data in the body), or a batch of at most 1000. All or none are taken in. An event whose source and id are kept already is a duplicate and changes nothing.",
  "requestBody": {"required": true, "content": {
    "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
    "application/json": {"schema": {"$ref": "#/components/schemas/CloudEvent"}},
    "application/cloudevents-batch+json": {"schema": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/CloudEvent"}}}}},
  "responses": {
    "202": {"description": "The events are durable.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PublishedEvents"}}}},
    "413": "The body is too large.",
    "415": "These are no events by their Content-Type.",
    "429": "Past the tenant's limits; nothing was stored."}},
"listEvents": {
  "tag": "events", "summary": "List the events that are kept, oldest first",
  "responses": {"200": {"description": "One page; its `next` is the `after` of the one that follows.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/KeptEventPage"}}}}}},
"listCollections": {
  "tag": "records", "summary": "List collections, by name",
  "responses": {"200": {"description": "One page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CollectionPage"}}}}}},
"getCollection": {
  "tag": "records", "summary": "Read a collection",
  "responses": {"200": {"description": "The collection.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Collection"}}}}, "404": "There is no such collection."}},
"declareCollection": {
  "tag": "records", "summary": "Make a collection, or change it",
  "description": "Builds and drops indexes; writes wait for that. Records that are there already are not judged again by a new schema.",
  "requestBody": {"required": false, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CollectionDeclaration"}}}},
  "responses": {
    "200": {"description": "Changed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Collection"}}}},
    "201": {"description": "Made.", "headers": {"Location": {"$ref": "#/components/headers/Location"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Collection"}}}},
    "409": "The records don't allow a unique index.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The schema is none, or there are too many collections.",
    "429": "Past the tenant's limits; nothing was changed."}},
"removeCollection": {
  "tag": "records", "summary": "Remove an empty collection, with its history",
  "responses": {
    "204": {"description": "Removed."},
    "404": "There is no such collection.",
    "409": "It has records.",
    "429": "Past the tenant's limits; nothing was changed."}},
"writeRecords": {
  "tag": "records", "summary": "Put many records, all or none",
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RecordBatch"}}}},
  "responses": {
    "200": {"description": "Written.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WrittenRecords"}}}},
    "404": "There is no such collection.",
    "409": "A unique index does not allow it.",
    "412": "A record has another version than `if_version`.",
    "413": "The records are too large together.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The schema does not allow it; `errors` says where.",
    "429": "Past the tenant's limits; nothing was stored."}},
"findRecords": {
  "tag": "records", "summary": "Find records",
  "description": "In the order of `sort`, then by id. A declared index that has the fields asked for, and those to sort by, answers large collections at once.",
  "responses": {
    "200": {"description": "One page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RecordPage"}}}},
    "404": "There is no such collection.",
    "422": "It took longer than two seconds: no index serves it."}},
"createRecord": {
  "tag": "records", "summary": "Make a record with a new id",
  "description": "The body is its data. To choose the id, put the record there with `If-None-Match: *`.",
  "headers": ["RecordKey"],
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
  "responses": {
    "200": {"description": "The record that this Idempotency-Key has made before, as it is now.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "201": {"description": "Made.", "headers": {"Location": {"$ref": "#/components/headers/Location"}, "ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "404": "There is no such collection.",
    "409": "A unique index does not allow it.",
    "413": "The record is too large.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The schema does not allow it; `errors` says where.",
    "429": "Past the tenant's limits; nothing was stored."}},
"getRecord": {
  "tag": "records", "summary": "Read a record",
  "responses": {
    "200": {"description": "The record.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "404": "There is no such record."}},
"replaceRecord": {
  "tag": "records", "summary": "Put a record: make it, or replace it whole",
  "headers": ["IfMatch", "IfNoneMatch"],
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}}}},
  "responses": {
    "200": {"description": "Written.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "201": {"description": "Made.", "headers": {"Location": {"$ref": "#/components/headers/Location"}, "ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "404": "There is no such collection.",
    "409": "A unique index does not allow it.",
    "412": "The record is not as If-Match or If-None-Match says.",
    "413": "The record is too large.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The schema does not allow it; `errors` says where.",
    "429": "Past the tenant's limits; nothing was stored."}},
"patchRecord": {
  "tag": "records", "summary": "Change a record",
  "description": "The body is a JSON Merge Patch (RFC 7396) of its data: members that are null are taken out.",
  "headers": ["IfMatch"],
  "requestBody": {"required": true, "content": {"application/merge-patch+json": {"schema": {"type": "object"}}, "application/json": {"schema": {"type": "object"}}}},
  "responses": {
    "200": {"description": "Written.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}},
    "404": "There is no such record.",
    "409": "A unique index does not allow it, or others change the record too often.",
    "412": "The record is not as If-Match says.",
    "413": "The record is too large.",
    "415": "The body is not JSON by its Content-Type.",
    "422": "The schema does not allow it; `errors` says where.",
    "429": "Past the tenant's limits; nothing was stored."}},
"removeRecord": {
  "tag": "records", "summary": "Delete a record",
  "description": "One that is not there is none the worse.",
  "headers": ["IfMatch"],
  "responses": {
    "204": {"description": "It is not there any more."},
    "404": "There is no such collection.",
    "409": "Others change it too often.",
    "412": "The record is not as If-Match says.",
    "429": "Past the tenant's limits; nothing was changed."}},
"getRecordHistory": {
  "tag": "records", "summary": "Read the versions of a record, newest first",
  "description": "Of collections that keep history. `data` is null where it was deleted.",
  "responses": {
    "200": {"description": "One page.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RecordPage"}}}},
    "404": "There is no such record, or nothing was kept of it."}},
"listSchedules": {
  "tag": "schedules", "summary": "List the schedules of workflows that start themselves",
  "responses": {
    "200": {"description": "One page, by namespace and name.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SchedulePage"}}}},
    "429": "Past the tenant's limits."}},
"pauseSchedule": {
  "tag": "schedules", "summary": "Pause a schedule",
  "description": "No run is started until it is resumed. It is kept across restarts and new versions.",
  "responses": {
    "200": {"description": "The schedule as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Schedule"}}}},
    "404": "The workflow has no schedule.", "429": "Past the tenant's limits."}},
"resumeSchedule": {
  "tag": "schedules", "summary": "Resume a paused schedule",
  "description": "It goes on with what is due next; what was due in the pause is not made up for.",
  "responses": {
    "200": {"description": "The schedule as it is then.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Schedule"}}}},
    "404": "The workflow has no schedule.", "429": "Past the tenant's limits."}},
"readFeed": {
  "tag": "feed", "summary": "Read the live feed",
  "description": "A WebSocket (subprotocol steward.v1), or server-sent events with Accept: text/event-stream. Each message is one CloudEvent; those with a sequence come without holes. A reader that is too slow is dropped with a reason and resumes with `after`.",
  "headers": ["LastEventId"],
  "responses": {
    "101": {"description": "A WebSocket: text frames, one CloudEvent each."},
    "200": {"description": "Server-sent events: `id` is the sequence, `data` the CloudEvent.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    "426": "Neither a WebSocket nor server-sent events are asked for."}},
"getCluster": {
  "tag": "server", "summary": "Read the cluster: its nodes and who has which shards",
  "description": "As the node that answers saw it within the last second. For keys that operate the server.",
  "responses": {"200": {"description": "The cluster.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cluster"}}}},
    "404": "This server is not a member of a cluster."}},
"getClusterTree": {
  "tag": "server", "summary": "Read the supervision trees of all nodes",
  "description": "What came within two seconds. For keys that operate the server.",
  "responses": {"200": {"description": "The trees.", "content": {"application/json": {"schema": {"type": "object", "required": ["items"], "properties": {
      "items": {"type": "array", "items": {"type": "object", "required": ["id", "name", "answer", "problem"], "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "answer": {"description": "As getTree has it; null with a problem."}, "problem": {"type": ["string", "null"]}}}}}}}}},
    "404": "This server is not a member of a cluster."}},
"getClusterMetrics": {
  "tag": "server", "summary": "Metrics of all nodes in Prometheus' text format",
  "description": "Each sample has the label `node`; what came within two seconds. For keys that operate the server.",
  "responses": {"200": {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    "404": "This server is not a member of a cluster."}},
"drainNode": {
  "tag": "server", "summary": "Hand this node's tenants over to the others",
  "description": "The node goes on answering, for tenants of others, until it is stopped. For keys that operate the server.",
  "responses": {"202": {"description": "It has begun.", "content": {"application/json": {"schema": {"type": "object", "required": ["state"], "properties": {"state": {"type": "string"}}}}}},
    "404": "This server is not a member of a cluster."}},
"getTree": {
  "tag": "server", "summary": "Read the live supervision tree",
  "responses": {"200": {"description": "The root and what is below it.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TreeNode"}}}}}},
"killActor": {
  "tag": "server", "summary": "Kill an actor, as a crash would",
  "description": "Its supervisor restarts it.",
  "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ActorPath"}}}},
  "responses": {
    "202": {"description": "It has been told.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ActorPath"}}}},
    "404": "There is no such actor.",
    "415": "The body is not JSON by its Content-Type."}},
"getStats": {
  "tag": "server", "summary": "Read counts",
  "responses": {"200": {"description": "Runs by status, and the server's version and age.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stats"}}}}}},
"getHealth": {
  "tag": "server", "summary": "Whether the process is alive",
  "responses": {"200": {"description": "It is.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}}}},
"getReadiness": {
  "tag": "server", "summary": "Whether the server can work",
  "responses": {
    "200": {"description": "It can.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}},
    "503": "Not yet; the detail names what is missing."}},
"getMetrics": {
  "tag": "server", "summary": "Metrics in Prometheus' text format",
  "responses": {"200": {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}}},
"getOpenapi": {
  "tag": "server", "summary": "This document",
  "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}}}
})json";
}

} // namespace steward::gateway
