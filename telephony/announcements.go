package telephony

import (
	"github.com/google/uuid"

	"ringback/telephony/media"
)

// Announcement is what a carrier's spoken announcement says: a line result of
// spec 2.4.1, empty when nothing was recognised.
type Announcement string

// Announcements a recogniser may hear.
const (
	HeardPowerOff    Announcement = ResultPowerOff    // 关机
	HeardSuspended   Announcement = ResultSuspended   // 停机
	HeardEmptyNumber Announcement = ResultEmptyNumber // 空号
	HeardUnreachable Announcement = ResultUnreachable // 无法接通
)

// Announcements listen to early media for what the SIP code does not say.
type Announcements interface {
	// Listen starts listening to one call.
	Listen(call uuid.UUID) Listener
}

// Listener gets the early media of one call on its reader goroutine; Heard may be
// asked from any goroutine when the call has failed.
type Listener interface {
	media.Sink
	Heard() Announcement
}

// NoAnnouncements recognises nothing: the result stays what the SIP code says.
type NoAnnouncements struct{}

// Listen gives a listener that hears nothing.
func (NoAnnouncements) Listen(uuid.UUID) Listener { return deaf{} }

type deaf struct{}

func (deaf) WriteFrame(media.Frame) {}
func (deaf) Heard() Announcement    { return "" }
