package dialer_test

import (
	"testing"

	"go.uber.org/goleak"

	"ringback/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, pgtest.Waiter()) }
