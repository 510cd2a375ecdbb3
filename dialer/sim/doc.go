// Package sim runs a campaign in virtual time with the real pacing code: for
// tests, for `ringback simulate`, and for the what-if in the console.
//
// It owns the imitation of customers, machines, lines and agents (Scenario), and
// what came of a run (Result). It does not decide how many lines to open: that is
// dialer/pacing, fed here exactly as the dialer feeds it.
//
// One heap of events is the clock; two events of one moment happen in the order
// in which they were foreseen. The same scenario, mode and seed give the same
// bytes. Nothing sleeps, nothing is read or written.
//
// A line:  ringing ─▶ checking ─▶ live ─▶ with an agent
//
//	└─▶ over   └─▶ over    └─▶ waiting ─▶ with an agent, or abandoned
//
// An agent: idle ─▶ talking ─▶ wrapping ─▶ idle, pausing or off.
package sim
