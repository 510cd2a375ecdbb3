package media

import (
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// reportEvery is the interval of RTCP reports. There is no timer: whoever sends
// or receives a packet sends the report that is due.
const reportEvery = 5 * time.Second

// reports keeps the RTCP side of a session (RFC 3550 §6).
type reports struct {
	due   atomic.Int64 // unix nanoseconds
	heard atomic.Int64
	cname string
}

func (r *reports) start(ssrc uint32, now time.Time) {
	r.cname = "ringback-" + strconv.FormatUint(uint64(ssrc), 36)
	r.due.Store(now.Add(reportEvery).UnixNano())
}

// claim says whether a report is due, to one caller only.
func (r *reports) claim(now time.Time) bool {
	due := r.due.Load()
	return now.UnixNano() >= due && r.due.CompareAndSwap(due, now.Add(reportEvery).UnixNano())
}

func (s *Session) reportIfDue(now time.Time) {
	if s.reports.claim(now) {
		s.sendControl(s.report(now), s.description())
	}
}

// Beat sends a report now, as a sign of life to a far end that waits for one.
func (s *Session) Beat(now time.Time) { s.sendControl(s.report(now), s.description()) }

// report is a sender report once we have sent, else a receiver report.
func (s *Session) report(now time.Time) rtcp.Packet {
	st := s.Stats()
	ssrc := s.out.SSRC()
	if st.PacketsOut == 0 {
		return &rtcp.ReceiverReport{SSRC: ssrc, Reports: s.reception(st)}
	}
	return &rtcp.SenderReport{
		SSRC: ssrc, NTPTime: ntp(now), RTPTime: s.out.now(now),
		PacketCount: uint32(st.PacketsOut), OctetCount: uint32(st.BytesOut), Reports: s.reception(st),
	}
}

func (s *Session) reception(st Stats) []rtcp.ReceptionReport {
	if st.PacketsIn == 0 {
		return nil
	}
	return []rtcp.ReceptionReport{{
		SSRC: s.in.source.Load(), TotalLost: uint32(min(st.Lost, 1<<23-1)), LastSequenceNumber: s.in.highest.Load(),
	}}
}

func (s *Session) description() rtcp.Packet {
	return &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: s.out.SSRC(),
		Items:  []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: s.reports.cname}},
	}}}
}

func (s *Session) sayGoodbye(now time.Time) {
	s.sendControl(s.report(now), s.description(), &rtcp.Goodbye{Sources: []uint32{s.out.SSRC()}})
}

// sendControl sends a compound packet to the port after the far end's RTP port.
// Nobody waits for it: an error is of no consequence.
func (s *Session) sendControl(packets ...rtcp.Packet) {
	to := s.latch.target()
	if !to.IsValid() || to.Port() == 65535 {
		return
	}
	b, err := rtcp.Marshal(packets)
	if err != nil {
		return
	}
	_, _ = s.pair.RTCP.WriteToUDPAddrPort(b, netip.AddrPortFrom(to.Addr(), to.Port()+1))
}

// receiveControl takes a sign of life from the far end's RTCP.
func (s *Session) receiveControl(b []byte, from netip.AddrPort, now time.Time) {
	if s.latch.isPeer(from.Addr()) && len(b) >= 8 && b[0]>>6 == 2 && b[1] >= 200 && b[1] <= 207 {
		s.reports.heard.Store(now.UnixNano())
	}
}

// ntp is t as a 64-bit NTP timestamp (RFC 3550 §4).
func ntp(t time.Time) uint64 {
	const from1900 = 2208988800
	fraction := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return uint64(t.Unix()+from1900)<<32 | fraction
}
