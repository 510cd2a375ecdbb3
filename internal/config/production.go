package config

import "errors"

// ForServe checks what production needs beyond Load: stores that outlive the
// machine, unless RINGBACK_ALLOW_EMBEDDED says otherwise, and a key that was
// given and not made up.
func (c Config) ForServe() error {
	r := reader{}
	if !c.AllowEmbedded {
		const why = "is missing: production wants a server with backups. For a trial set RINGBACK_ALLOW_EMBEDDED=true, or run: ringback demo"
		if c.DatabaseURL == "" {
			r.fail("DATABASE_URL", why)
		}
		if c.RedisURL == "" {
			r.fail("REDIS_URL", why)
		}
	}
	if c.Key == nil && c.DatabaseURL != "" {
		r.fail("KEY", "is missing (or RINGBACK_KEY_FILE): phone numbers are encrypted with it; make one with: openssl rand -hex 32")
	}
	return errors.Join(r.wrong...)
}
