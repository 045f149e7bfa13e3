#pragma once

#include "messages/admission.hpp"
#include "messages/agents.hpp"
#include "messages/api.hpp"
#include "messages/cluster.hpp"
#include "messages/effects.hpp"
#include "messages/events.hpp"
#include "messages/feed.hpp"
#include "messages/record_requests.hpp"
#include "messages/reply.hpp"
#include "messages/schedules.hpp"

#include <caf/all.hpp>

/// The type ids of all messages that may travel between nodes. Append only.
CAF_BEGIN_TYPE_ID_BLOCK(steward_messages, caf::first_custom_type_id + 20)
CAF_ADD_TYPE_ID(steward_messages, (steward::start_run))
CAF_ADD_TYPE_ID(steward_messages, (steward::control_run))
CAF_ADD_TYPE_ID(steward_messages, (steward::deploy_workflow))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_workflow))
CAF_ADD_TYPE_ID(steward_messages, (steward::list_workflows))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_run))
CAF_ADD_TYPE_ID(steward_messages, (steward::list_runs))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_history))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_stats))
CAF_ADD_TYPE_ID(steward_messages, (steward::subscribe_feed))
CAF_ADD_TYPE_ID(steward_messages, (steward::unsubscribe_feed))
CAF_ADD_TYPE_ID(steward_messages, (steward::feed_drained))
CAF_ADD_TYPE_ID(steward_messages, (steward::perform_call))
CAF_ADD_TYPE_ID(steward_messages, (steward::cancel_call))
CAF_ADD_TYPE_ID(steward_messages, (steward::call_done))
CAF_ADD_TYPE_ID(steward_messages, (steward::arm_timer))
CAF_ADD_TYPE_ID(steward_messages, (steward::disarm_timer))
CAF_ADD_TYPE_ID(steward_messages, (steward::timer_due))
CAF_ADD_TYPE_ID(steward_messages, (steward::spawn_child))
CAF_ADD_TYPE_ID(steward_messages, (steward::child_done))
CAF_ADD_TYPE_ID(steward_messages, (steward::cancel_child))
CAF_ADD_TYPE_ID(steward_messages, (steward::publish_events))
CAF_ADD_TYPE_ID(steward_messages, (steward::open_listener))
CAF_ADD_TYPE_ID(steward_messages, (steward::close_listener))
CAF_ADD_TYPE_ID(steward_messages, (steward::event_seen))
CAF_ADD_TYPE_ID(steward_messages, (steward::inbox_grown))
CAF_ADD_TYPE_ID(steward_messages, (steward::event_due))
CAF_ADD_TYPE_ID(steward_messages, (steward::retry_run))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_replay))
CAF_ADD_TYPE_ID(steward_messages, (steward::evaluate_expression))
CAF_ADD_TYPE_ID(steward_messages, (steward::list_events))
CAF_ADD_TYPE_ID(steward_messages, (steward::list_schedules))
CAF_ADD_TYPE_ID(steward_messages, (steward::control_schedule))
CAF_ADD_TYPE_ID(steward_messages, (steward::start_runs))
CAF_ADD_TYPE_ID(steward_messages, (steward::declare_collection))
CAF_ADD_TYPE_ID(steward_messages, (steward::remove_collection))
CAF_ADD_TYPE_ID(steward_messages, (steward::write_record))
CAF_ADD_TYPE_ID(steward_messages, (steward::write_records))
CAF_ADD_TYPE_ID(steward_messages, (steward::remove_record))
CAF_ADD_TYPE_ID(steward_messages, (steward::list_collections))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_collection))
CAF_ADD_TYPE_ID(steward_messages, (steward::find_records))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_record))
CAF_ADD_TYPE_ID(steward_messages, (steward::get_record_history))
CAF_ADD_TYPE_ID(steward_messages, (steward::probe_store))
CAF_ADD_TYPE_ID(steward_messages, (steward::change_agents))
CAF_ADD_TYPE_ID(steward_messages, (steward::ask_agents))
CAF_ADD_TYPE_ID(steward_messages, (steward::pause_agents))
CAF_ADD_TYPE_ID(steward_messages, (steward::move_clock))
CAF_ADD_TYPE_ID(steward_messages, (steward::show_cluster))
CAF_ADD_TYPE_ID(steward_messages, (steward::drain_node))
CAF_ADD_TYPE_ID(steward_messages, (steward::watch_feed))
CAF_ADD_TYPE_ID(steward_messages, (steward::feed_grown))
CAF_ADD_TYPE_ID(steward_messages, (steward::feed_steps))
CAF_ADD_TYPE_ID(steward_messages, (steward::ask_cluster))
CAF_ADD_TYPE_ID(steward_messages, (steward::ask_node))
CAF_END_TYPE_ID_BLOCK(steward_messages)

// These stay on their node: they hold a place, a socket or a thread of it.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::reply_slot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::feed_reader)
