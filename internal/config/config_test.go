package config_test

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ringback/internal/config"
)

type vars map[string]string

func (v vars) get(name string) string { return v[strings.TrimPrefix(name, "RINGBACK_")] }

func load(t *testing.T, v vars) config.Config {
	t.Helper()
	c, err := config.Load(v.get)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const hexKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestWithoutEnvironmentTheDefaultsHold(t *testing.T) {
	if got := load(t, vars{}); !reflect.DeepEqual(got, config.Defaults()) {
		t.Errorf("got %+v", got)
	}
}

func TestEveryVariableArrives(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	for _, f := range []string{cert, key} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := load(t, vars{
		"DATABASE_URL": "postgres://ringback_app:pw@db/ringback", "DATABASE_OWNER_URL": "postgresql://o@db/ringback", "DATABASE_CONNS": "40",
		"REDIS_URL": "redis://r:6379/1", "ALLOW_EMBEDDED": "true", "DATA": "/srv/rb", "KEY": hexKey,
		"HTTP_ADDR": ":8443", "PUBLIC_URL": "https://rb.example.cn", "TLS_CERT": cert, "TLS_KEY": key, "TRUSTED_PROXY": "10.0.0.5, 10.1.0.0/16",
		"SIP_ADDR": "10.0.0.9:5080", "SIP_TRUNK_ADDRESS": "sbc.example.cn:5062", "SIP_TRUNK_USER": "u", "SIP_TRUNK_PASSWORD": "p", "SIP_TRUNK_CALLER": "057188880000",
		"SMS_URL": "https://sms.example.cn/api", "SMS_TOKEN": "tk", "DROP": "/srv/drop",
		"RTP_IP": "10.0.0.9", "RTP_PORTS": "30000-30099", "WEBRTC_ADDR": "0.0.0.0:31000", "WEBRTC_ADVERTISE": "203.0.113.7:31000",
		"ROLES": "media, api,media", "NODE": "rb-0", "LOG_LEVEL": "debug", "DRAIN_SECONDS": "5",
	})
	set := reflect.ValueOf(c)
	for i := range set.NumField() {
		if set.Field(i).IsZero() {
			t.Errorf("%s did not arrive", set.Type().Field(i).Name)
		}
	}
	for what, ok := range map[string]bool{
		"key":     len(c.Key) == 32 && c.Key[31] == 0x1f,
		"proxy":   c.TrustedProxy[0] == netip.MustParsePrefix("10.0.0.5/32") && c.TrustedProxy[1] == netip.MustParsePrefix("10.1.0.0/16"),
		"trunk":   c.Trunk == config.Trunk{Address: "sbc.example.cn:5062", User: "u", Password: "p", Caller: "057188880000"},
		"ports":   c.RTP == config.PortRange{First: 30000, Last: 30099} && c.RTP.Count() == 100,
		"roles":   reflect.DeepEqual(c.Roles, []config.Role{config.Media, config.API}) && c.Has(config.API) && !c.Has(config.Dialer),
		"level":   c.LogLevel == slog.LevelDebug,
		"drain":   c.DrainTime == 5*time.Second,
		"webrtc":  c.WebRTCAdvertise == netip.MustParseAddrPort("203.0.113.7:31000"),
		"private": !c.EmbeddedDatabase(),
	} {
		if !ok {
			t.Errorf("%s is wrong in %+v", what, c)
		}
	}
}

func TestAWrongValueIsNamedWithItsBounds(t *testing.T) {
	for name, c := range map[string]struct {
		env      vars
		variable string
		says     string
	}{
		"database of another kind":   {vars{"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL", "postgres://ringback_app"},
		"redis without scheme":       {vars{"REDIS_URL": "localhost:6379"}, "REDIS_URL", "redis://"},
		"too few connections":        {vars{"DATABASE_CONNS": "3"}, "DATABASE_CONNS", "from 4 to 500"},
		"flag":                       {vars{"ALLOW_EMBEDDED": "maybe"}, "ALLOW_EMBEDDED", "true or false"},
		"short key":                  {vars{"KEY": "abcd"}, "KEY", "openssl rand -hex 32"},
		"key file missing":           {vars{"KEY_FILE": "/nonexistent/key"}, "KEY_FILE", "can be read"},
		"two keys":                   {vars{"KEY": hexKey, "KEY_FILE": "/dev/null"}, "KEY_FILE", "not both"},
		"address without port":       {vars{"HTTP_ADDR": "0.0.0.0"}, "HTTP_ADDR", "address:port"},
		"address with a name":        {vars{"SIP_ADDR": "pbx:5060"}, "SIP_ADDR", "IP address"},
		"port out of range":          {vars{"SIP_ADDR": "0.0.0.0:70000"}, "SIP_ADDR", "0 to 65535"},
		"public URL with a path":     {vars{"PUBLIC_URL": "https://x.cn/ringback"}, "PUBLIC_URL", "root"},
		"certificate without key":    {vars{"TLS_CERT": "/dev/null"}, "TLS_CERT", "RINGBACK_TLS_KEY"},
		"certificate missing":        {vars{"TLS_CERT": "/nonexistent", "TLS_KEY": "/dev/null"}, "TLS_CERT", "can be read"},
		"proxy":                      {vars{"TRUSTED_PROXY": "10.0.0.5,proxy"}, "TRUSTED_PROXY", `"proxy"`},
		"trunk with sip:":            {vars{"SIP_TRUNK_ADDRESS": "sip:a@b", "SIP_TRUNK_CALLER": "1000"}, "SIP_TRUNK_ADDRESS", "without sip:"},
		"trunk port":                 {vars{"SIP_TRUNK_ADDRESS": "b:0", "SIP_TRUNK_CALLER": "1000"}, "SIP_TRUNK_ADDRESS", "1 to 65535"},
		"trunk without caller":       {vars{"SIP_TRUNK_ADDRESS": "b"}, "SIP_TRUNK_CALLER", "missing"},
		"caller":                     {vars{"SIP_TRUNK_ADDRESS": "b", "SIP_TRUNK_CALLER": "0571-8888"}, "SIP_TRUNK_CALLER", "3 to 20 digits"},
		"trunk user without address": {vars{"SIP_TRUNK_USER": "u"}, "SIP_TRUNK_ADDRESS", "missing"},
		"password without user":      {vars{"SIP_TRUNK_ADDRESS": "b", "SIP_TRUNK_CALLER": "1000", "SIP_TRUNK_PASSWORD": "p"}, "SIP_TRUNK_USER", "missing"},
		"any address for RTP":        {vars{"RTP_IP": "0.0.0.0"}, "RTP_IP", "reach this machine"},
		"few RTP ports":              {vars{"RTP_PORTS": "20000-20003"}, "RTP_PORTS", "at least 8"},
		"privileged RTP ports":       {vars{"RTP_PORTS": "1000-2000"}, "RTP_PORTS", "1024 to 65535"},
		"RTP ports the other way":    {vars{"RTP_PORTS": "30000-20000"}, "RTP_PORTS", "first-last"},
		"WebRTC among the RTP ports": {vars{"WEBRTC_ADDR": "0.0.0.0:20500"}, "WEBRTC_ADDR", "outside"},
		"SIP among the RTP ports":    {vars{"SIP_ADDR": "0.0.0.0:20500"}, "SIP_ADDR", "outside"},
		"advertised without port":    {vars{"WEBRTC_ADVERTISE": "203.0.113.7"}, "WEBRTC_ADVERTISE", "IP:port"},
		"role":                       {vars{"ROLES": "api,cook"}, "ROLES", `"cook"`},
		"level":                      {vars{"LOG_LEVEL": "loud"}, "LOG_LEVEL", "debug, info, warn or error"},
		"drain":                      {vars{"DRAIN_SECONDS": "-1"}, "DRAIN_SECONDS", "0 to 3600"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(c.env.get)
			var p *config.Problem
			if !errors.As(err, &p) || p.Variable != "RINGBACK_"+c.variable || !strings.Contains(p.Reason, c.says) {
				t.Errorf("got %v, want RINGBACK_%s … %s", err, c.variable, c.says)
			}
		})
	}
}

func TestAllTroublesAreToldAtOnceAndNoSecretIs(t *testing.T) {
	_, err := config.Load(vars{"DATABASE_URL": "postgres://u:hush@[bad/x", "KEY": "hush", "RTP_PORTS": "x", "LOG_LEVEL": "y"}.get)
	if err == nil {
		t.Fatal("nothing was said")
	}
	if n := strings.Count(err.Error(), "RINGBACK_"); n < 4 {
		t.Errorf("%d variables named:\n%v", n, err)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("a secret is told:\n%v", err)
	}
}

func TestTheKeyMayBeHexOrBase64OrInAFile(t *testing.T) {
	raw := []byte(strings.Repeat("\xfb\xff", 16))
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(raw)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]vars{
		"base64": {"KEY": base64.StdEncoding.EncodeToString(raw)}, "base64url": {"KEY": base64.RawURLEncoding.EncodeToString(raw)}, "file": {"KEY_FILE": file},
	} {
		if c := load(t, env); string(c.Key) != string(raw) {
			t.Errorf("%s: %x", name, c.Key)
		}
	}
}

func TestServeWantsStoresAndAKeyOfItsOwn(t *testing.T) {
	pg := "postgres://ringback_app@db/ringback"
	for name, c := range map[string]struct {
		env  vars
		want []string
	}{
		"nothing given":         {vars{}, []string{"RINGBACK_DATABASE_URL", "RINGBACK_REDIS_URL"}},
		"database without key":  {vars{"DATABASE_URL": pg, "REDIS_URL": "redis://r"}, []string{"RINGBACK_KEY"}},
		"embedded, and allowed": {vars{"ALLOW_EMBEDDED": "1"}, nil},
		"complete":              {vars{"DATABASE_URL": pg, "REDIS_URL": "redis://r", "KEY": hexKey}, nil},
	} {
		err := load(t, c.env).ForServe()
		for _, v := range c.want {
			if err == nil || !strings.Contains(err.Error(), v+":") {
				t.Errorf("%s: %v, want %s", name, err, v)
			}
		}
		if len(c.want) == 0 && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
