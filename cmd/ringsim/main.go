// Command ringsim is the simulated carrier with its customers as a program: point
// a SIP trunk at it. It owns no behaviour of its own, see telephony/siptest.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// flags are the command line.
type flags struct {
	Listen string            `default:"127.0.0.1:5070" help:"UDP host:port to be called at."`
	RTP    string            `default:"23000-23998" help:"Range of UDP ports for audio."`
	Seed   uint64            `default:"1" help:"Seed of chance for numbers without a fixed behaviour."`
	Set    map[string]string `placeholder:"NUMBER=BEHAVIOUR" help:"Override a number: answer[:RING[:TALK]], busy, decline, forever, or a status such as 404."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ringsim:", err)
		os.Exit(1)
	}
}

// run is the program; it ends with ctx.
func run(ctx context.Context, args []string, out io.Writer) error {
	var f flags
	parser, err := kong.New(&f, kong.Name("ringsim"), kong.Description("A simulated carrier with customers that answer and talk."))
	if err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	carrier, err := f.carrier()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "simulated carrier on udp %s\n", carrier.Addr())
	return carrier.Run(ctx)
}

func (f flags) carrier() (*siptest.Carrier, error) {
	conn, err := net.ListenPacket("udp4", f.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", f.Listen, err)
	}
	ports, err := f.ports(conn.LocalAddr())
	if err != nil {
		return nil, err
	}
	carrier := siptest.NewCarrier(siptest.CarrierOptions{Conn: conn, Ports: ports, Seed: f.Seed, Hour: func() int { return time.Now().Hour() }})
	for number, text := range f.Set {
		if err := script(carrier.Customer(number), text); err != nil {
			return nil, fmt.Errorf("--set %s=%s: %w", number, text, err)
		}
	}
	return carrier, nil
}

func (f flags) ports(at net.Addr) (*media.Ports, error) {
	from, to, _ := strings.Cut(f.RTP, "-")
	first, err1 := strconv.ParseUint(from, 10, 16)
	last, err2 := strconv.ParseUint(to, 10, 16)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("--rtp %q is not a range such as 23000-23998", f.RTP)
	}
	ip := at.(*net.UDPAddr).AddrPort().Addr().Unmap()
	if ip.IsUnspecified() {
		return nil, fmt.Errorf("--listen needs an address that callers can send audio to, not %s", ip)
	}
	return media.NewPorts(media.PortOptions{IP: netip.Addr(ip), From: uint16(first), To: uint16(last)})
}

// script reads a behaviour of --set.
func script(cu *siptest.Customer, text string) error {
	word, rest, _ := strings.Cut(text, ":")
	switch word {
	case "answer":
		return answers(cu, rest)
	case "busy":
		cu.Busy()
	case "decline":
		cu.Declines(3 * time.Second)
	case "forever":
		cu.RingsForever()
	default:
		status, err := strconv.Atoi(word)
		if err != nil || status < 300 || status > 699 {
			return fmt.Errorf("want answer[:RING[:TALK]], busy, decline, forever or a status from 300 to 699")
		}
		cu.Refuses(0, status, "Refused")
	}
	return nil
}

// answers reads RING:TALK, such as 3s:40s; without TALK the customer stays.
func answers(cu *siptest.Customer, text string) error {
	ring, talk, _ := strings.Cut(text, ":")
	after, err := duration(ring, 3*time.Second)
	if err != nil {
		return err
	}
	stays, err := duration(talk, 0)
	if err != nil {
		return err
	}
	cu.Answers(after, stays)
	return nil
}

func duration(s string, otherwise time.Duration) (time.Duration, error) {
	if s == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 3s", s)
	}
	return d, nil
}
