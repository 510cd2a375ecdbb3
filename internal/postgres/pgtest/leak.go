package pgtest

import "go.uber.org/goleak"

// Waiter is the goroutine that waits for the cluster's process in whichever test
// process happened to start it. The cluster outlives that process on purpose, so
// tests that look for leaked goroutines pass it by.
func Waiter() goleak.Option {
	return goleak.IgnoreAnyFunction("ringback/internal/postgres/embedded.onOwnThread.func1")
}
