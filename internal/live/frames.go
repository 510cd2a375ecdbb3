package live

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// What a console sends.
type (
	// Hello opens the conversation.
	Hello struct {
		T      string `json:"t" enum:"hello"`
		CSRF   string `json:"csrf"`
		Client string `json:"client" doc:"the tab's own id"`
	}
	// Sub asks for a topic; Unsub ends it. "campaign:<id>" is a topic with an argument.
	Sub struct {
		T     string `json:"t" enum:"sub,unsub"`
		Topic string `json:"topic"`
	}
	// Ping asks for the server's clocks; At comes back.
	Ping struct {
		T  string `json:"t" enum:"ping"`
		At int64  `json:"at" doc:"the console's own clock, milliseconds"`
	}
	// Cmd is a command; a repeated id does nothing twice.
	Cmd struct {
		T    string          `json:"t" enum:"cmd"`
		ID   *uuid.UUID      `json:"id"`
		Name string          `json:"name"`
		Args json.RawMessage `json:"args,omitempty"`
	}
)

// What the server sends.
type (
	// Welcome answers Hello.
	Welcome struct {
		T       string `json:"t" enum:"welcome"`
		Session any    `json:"session"`
		Clocks
	}
	// Value is a topic's value: first as snap, then as chg with the next number.
	Value struct {
		T     string          `json:"t" enum:"snap,chg"`
		Topic string          `json:"topic"`
		Seq   int64           `json:"seq"`
		Data  json.RawMessage `json:"data"`
	}
	// Pong answers Ping.
	Pong struct {
		T  string `json:"t" enum:"pong"`
		At int64  `json:"at"`
		Clocks
	}
	// Done answers a command.
	Done struct {
		T      string     `json:"t" enum:"ok"`
		ID     *uuid.UUID `json:"id"`
		Result any        `json:"result,omitempty"`
	}
	// Refused answers a command or a subscription.
	Refused struct {
		T     string     `json:"t" enum:"err"`
		ID    *uuid.UUID `json:"id,omitempty"`
		Topic string     `json:"topic,omitempty"`
		Error Trouble    `json:"error"`
	}
	// Bye ends the conversation: the session does not hold any more.
	Bye struct {
		T string `json:"t" enum:"bye"`
	}
)

// Clocks of the server: its own, and business time.
type Clocks struct {
	RealNow     time.Time `json:"realNow"`
	BusinessNow time.Time `json:"businessNow"`
}

// Trouble is what a person is told.
type Trouble struct {
	Code  string `json:"code"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Field string `json:"field,omitempty"`
}

// ConsoleFrames and ServerFrames are every frame of either side, for the API's
// description.
func ConsoleFrames() []any { return []any{Hello{}, Sub{}, Ping{}, Cmd{}} }

// ServerFrames are what a console may hear.
func ServerFrames() []any {
	return []any{Welcome{}, Value{}, Pong{}, Done{}, Refused{}, Bye{}}
}
