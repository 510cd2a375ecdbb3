package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"ringback/crm/complaint"
	"ringback/crm/message"
	"ringback/crm/report"
	"ringback/dialer"
	"ringback/dialer/hopper"
	"ringback/internal/config"
	"ringback/internal/desk"
	"ringback/internal/events"
	"ringback/internal/httpapi"
	"ringback/internal/obs"
	"ringback/internal/postgres"
	"ringback/telephony"
	"ringback/telephony/acd"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/webrtc"
	"ringback/web"
)

// wireOptions are what demo and serve differ in.
type wireOptions struct {
	demo      bool
	secure    bool
	advertise string // browser audio, told instead of the address bound
	moveClock func(context.Context) (time.Time, error)
}

// wire builds the rest of the node over its records; nothing runs yet.
func (n *node) wire(cfg config.Config, o wireOptions) error {
	n.cfg = cfg
	n.metrics = obs.NewRegistry()
	n.health = obs.NewHealth(n.log)
	n.health.Require("database", n.pool.Ping)
	n.health.Watch("redis", n.hot.Ping)
	n.relay = events.NewRelay(n.pool, n.log)
	if err := n.wireTelephony(cfg, o); err != nil {
		return err
	}
	n.wireDialer(o.demo)
	n.wireDesk()
	n.post = n.wireMessages(cfg)
	n.wireWeb(o)
	return nil
}

func (n *node) wireTelephony(cfg config.Config, o wireOptions) error {
	ip := cfg.RTPIP
	if !ip.IsValid() {
		ip = hostIP(cfg.SIPAddr)
	}
	ports, err := media.NewPorts(media.PortOptions{IP: ip, From: uint16(cfg.RTP.First), To: uint16(cfg.RTP.Last)})
	if err != nil {
		return err
	}
	n.player = media.NewClock()
	n.reg = sip.NewRegistrar(sip.RegistrarOptions{Realm: telephony.Realm, Extensions: n.ext, Logger: n.log})
	n.sip, err = sip.New(sip.Options{Listen: cfg.SIPAddr, Advertise: advertisedIP(ip), OpenAudio: sip.OpenRTP(ports), Registrar: n.reg, Logger: n.log, Invited: func(inv telephony.Invitation) (telephony.Welcome, bool) { return n.calls.Invited(inv) }})
	if err != nil {
		return err
	}
	n.calls = telephony.NewExchange(telephony.Options{
		Placer: n.sip, Pool: n.pool, Node: n.id, Player: n.player,
		Prompts: telephony.NewPrompts(os.DirFS(filepath.Join(cfg.Data, "prompts"))).Get, Logger: n.log, Registerer: n.metrics,
		Nodes: n.otherNodes(),
	})
	advertise := o.advertise
	if advertise == "" && cfg.WebRTCAdvertise.IsValid() {
		advertise = cfg.WebRTCAdvertise.String()
	}
	if n.browser, err = webrtc.NewServer(webrtc.Options{ListenAddr: cfg.WebRTCAddr, AdvertiseAddr: advertise}); err != nil {
		return err
	}
	n.phones = telephony.NewPhones(n.calls, n.sip, n.reg, n.ext, "ringback", n.log)
	return nil
}

// otherNodes lets calls of this node reach agents at others, and the other way.
func (n *node) otherNodes() *telephony.Nodes {
	return &telephony.Nodes{
		Tokens: telephony.NewTokens(n.box, n.id),
		Where: func(ctx context.Context, agent uuid.UUID) (telephony.Place, error) {
			return n.agents.Where(ctx, agent)
		},
		Address: func(ctx context.Context, node uuid.UUID) (netip.AddrPort, error) {
			return n.dialer.NodeAddress(ctx, node)
		},
	}
}

// hostIP is the address to bind RTP to: that of the SIP listener.
func hostIP(addr string) netip.Addr {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return netip.Addr{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip
}

// advertisedIP is what SDP names; every-address listeners leave it to the endpoint.
func advertisedIP(ip netip.Addr) netip.Addr {
	if ip.IsUnspecified() {
		return netip.Addr{}
	}
	return ip
}

// wireDialer: calls that the law wants recorded (CG-11) are refused while nothing
// records. A demo makes them: its customers are simulated, and CG-01 keeps it from
// calling anybody else.
func (n *node) wireDialer(simulated bool) {
	n.agents = acd.New(acd.Options{
		Pool: n.pool, Bus: n.bus, Redis: n.hot.Client(), Clock: n.clock, Node: n.id, Logger: n.log,
		MayLeave: func(ctx context.Context, tx postgres.DB, user uuid.UUID) (bool, error) {
			return n.dialer.MayLeave(ctx, tx, user)
		},
		Present: func(user uuid.UUID) bool { return n.desk.Present(user) },
	})
	name, err := os.Hostname()
	if err != nil || n.cfg.NodeID != "" {
		name = n.cfg.NodeID
	}
	n.dialer = dialer.New(dialer.Options{
		Pool: n.pool, Bus: n.bus, Relay: n.relay, Hopper: hopper.New(n.hot), Clock: n.clock, Exchange: n.calls,
		Agents: n.agents, Tasks: n.tasks, Box: n.box, Node: n.id, Name: name, SIPAddr: n.sip.Advertised().String(), Finish: finishTime(n.cfg.DrainTime), Logger: n.log, Registerer: n.metrics, Recording: simulated,
	})
	n.dialer.Register()
}

func (n *node) wireDesk() {
	n.desk = desk.New(desk.Options{
		Pool: n.pool, Bus: n.bus, Clock: n.clock, Node: n.id, Agents: deskAgents{n.agents}, Dialer: deskDialer{n.dialer}, Exchange: n.calls,
		Voice: newVoice(n.browser, n.phones, n.calls), Scripts: n.library, Tasks: n.tasks, Customers: n.files, Complaints: complaint.NewForms(n.bus),
		Messages: message.NewBox(n.bus), Renewals: n.renewals, Visits: n.visits, Users: personOf, Logger: n.log,
		Words: func(campaign uuid.UUID) (zh, en string) {
			d, _ := n.dialer.Decision(campaign)
			return d.ZH, d.EN
		},
		LeavesIn: n.dialer.LeavesIn,
		Changed:  func(user uuid.UUID) { n.web.Hub().Poke("desk", user) },
	})
}

func (n *node) wireWeb(o wireOptions) {
	n.web = httpapi.New(httpapi.Options{
		Rooms: httpapi.Rooms{
			Pool: n.pool, Auth: n.people, Clock: n.clock, Customers: n.files, Library: n.library, Importer: n.imports,
			Dialer: n.dialer, Desk: n.desk, Report: report.New(), Bus: n.bus,
			Visits: n.visits, Renewals: n.renewals, Messages: message.NewBox(n.bus),
		},
		Version: version, Demo: o.demo, Secure: o.secure, Web: web.Dist(), SMSHook: n.post.hook, Metrics: obs.MetricsHandler(n.metrics, n.log), Health: n.healthHandler(),
		System: n.system, MoveClock: o.moveClock, RedisOK: func(ctx context.Context) bool { return n.hot.Ping(ctx) == nil },
		Background: n.background, Relay: n.relay, Log: n.log, Registerer: n.metrics,
	})
}

func (n *node) healthHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", n.health.Live)
	mux.HandleFunc("/readyz", n.health.Ready)
	return mux
}

// system tells how the node is, in words.
func (n *node) system(ctx context.Context) (httpapi.SystemView, error) {
	v := httpapi.SystemView{Version: version}
	add := func(name, zh, en string, err error, badZH, badEN string) {
		p := httpapi.PartHealth{Name: name, ZH: zh, EN: en, OK: err == nil}
		if err != nil {
			p.DetailZH, p.DetailEN = badZH, badEN
		}
		v.Parts = append(v.Parts, p)
	}
	add("postgres", "数据库 Postgres", "Postgres", n.pool.Ping(ctx), "数据库连不上：新的操作不能保存，正在进行的通话不受影响。请检查数据库服务。",
		"The database cannot be reached: nothing new is saved, live calls go on. Check the database service.")
	add("redis", "缓存 Redis", "Redis", n.hot.Ping(ctx), "Redis 连不上：拨号暂停，通话不受影响，恢复后自动继续。",
		"Redis cannot be reached: dialing pauses, live calls go on, it resumes by itself.")
	down := n.calls.Down()
	var trunk error
	if len(down) > 0 {
		trunk = fmt.Errorf("%d trunks are down", len(down))
	}
	add("trunk", "中继线路", "Trunks", trunk, "有线路连续三次没有应答，已停用片刻。请检查网络和运营商，再到活动页恢复。",
		"A trunk did not answer three times and rests for a while. Check the network and the carrier, then resume the campaign.")
	return v, nil
}
