package main

import (
	"fmt"

	"ringback/internal/config"
	"ringback/internal/errs"
	"ringback/internal/httpapi"
	"ringback/internal/postgres"
	"ringback/web"
)

type migrateCmd struct{}

// Run brings the database to this version.
func (migrateCmd) Run(e *env) error {
	cfg, err := config.Load(e.getenv)
	if err != nil {
		return err
	}
	if cfg.DatabaseOwnerURL == "" {
		return errs.New(errs.Invalid, "owner_url", "请设置 RINGBACK_DATABASE_OWNER_URL（数据库属主的连接地址），再运行 migrate。",
			"Set RINGBACK_DATABASE_OWNER_URL (the database owner's URL) and run migrate again.")
	}
	if err := postgres.Migrate(e.ctx, cfg.DatabaseOwnerURL); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, "The database is at this version.")
	return err
}

type openapiCmd struct{}

// Run prints the API's description; it needs nothing running.
func (openapiCmd) Run(e *env) error {
	raw, err := httpapi.New(httpapi.Options{Version: "1", Web: web.Dist()}).OpenAPI()
	if err != nil {
		return fmt.Errorf("describing the API: %w", err)
	}
	_, err = fmt.Fprintf(e.out, "%s\n", raw)
	return err
}
