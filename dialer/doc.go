// Package dialer decides whom to call and when, and keeps the record of every
// outbound call to a customer.
//
// It owns campaigns and their leases, the compliance gate with its refusals,
// attempts, what each number has been through (number_attempt) and the node
// rows. It does not own tasks (crm/task), agents' states (telephony/acd), SIP
// (telephony) or the outcome an agent writes down (internal/desk). How many
// lines to open is arithmetic of dialer/pacing; the next tasks wait in Redis,
// in dialer/hopper, which is rebuilt from Postgres whenever it is lost.
//
// An attempt moves by one table, AttemptState.next (DESIGN.md §2):
//
//	planned ─▶ dialing ─▶ ringing ─▶ checking ─▶ answered ─▶ bridged ─▶ wrap ─▶ done
//	 │  │        │ │        │  │       │  │  │      │  │        │        │       ▲
//	 │  │        │ └────────┼──┼───────┼──┼──┼──▶   │  │        │        ▼       │
//	 │  │        │ answered without 18x; no 1st     │  │        │   wrap_overdue ┘
//	 │  │        │          │  │  detection         │  └────────┴─▶ wrap (hang-up)
//	 │  │        └──────────┴──┴───────┴──▶ failed  └─▶ abandoned (no agent in 2.0 s)
//	 │  └─▶ refused (gate)             └─▶ machine
//	 └─▶ void (never dialed)
//
//	node death: planned → void; dialing, ringing, checking → unknown;
//	            answered → abandoned; bridged → wrap, outcome open
//
// Nothing else moves an attempt, and every move is one conditional UPDATE that
// publishes call.attempt_changed in its transaction.
//
// A campaign: draft ─▶ running ⇄ paused ─▶ draining ─▶ completed; draft and paused
// may also be cancelled. Outside call windows it stays running and says when the
// next one opens.
//
// Locks are taken in the order lease row, attempt, agent session, task.
package dialer
