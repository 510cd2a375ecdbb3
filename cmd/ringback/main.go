// Command ringback is the whole product: the demo, the server and its tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"ringback/internal/errs"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		tell(os.Stderr, os.Getenv("LANG"), err)
		os.Exit(1)
	}
}

// commands are the product's subcommands.
type commands struct {
	Demo     demoCmd     `cmd:"" help:"Run the demo: a private database, a synthetic store, a simulated carrier."`
	Cluster  clusterCmd  `cmd:"" help:"Run several servers on one database and one Redis, with the demo's store and carrier."`
	Serve    serveCmd    `cmd:"" help:"Run the server; settings come from RINGBACK_* variables (deploy/sample.env)."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database to this version (RINGBACK_DATABASE_OWNER_URL)."`
	Import   importCmd   `cmd:"" help:"Import dealer files (XLSX, XLS, CSV, ZIP)."`
	Tasks    tasksCmd    `cmd:"" help:"List the promises to call: kind, due date, state and reason."`
	Simulate simulateCmd `cmd:"" help:"Play a campaign in virtual time: how busy agents are, how many calls are abandoned."`
	User     userCmd     `cmd:"" help:"Add a user to a store."`
	Doctor   doctorCmd   `cmd:"" help:"Test every dependency and say what is wrong in plain words."`
	OpenAPI  openapiCmd  `cmd:"" name:"openapi" help:"Print the API's description (OpenAPI 3.1)."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// env is what a command is run with.
type env struct {
	ctx    context.Context
	getenv func(string) string
	out    io.Writer
	log    io.Writer
}

// run parses args and carries out one command. It returns when everything that
// was started has stopped.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	var c commands
	exited := false
	p, err := kong.New(&c, kong.Name("ringback"), kong.Description("Contact center and CRM of car dealerships' after-sales departments."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { exited = true }), kong.UsageOnError(),
		kong.WithHyphenPrefixedParameters(true)) // --agents -1 is told as what it is
	if err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	k, err := p.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return errs.New(errs.Invalid, "usage", "命令行有误：“ringback --help”列出全部命令。", "The command line is not understood: `ringback --help` lists all commands.").Because(err)
	}
	return k.Run(&env{ctx: ctx, getenv: getenv, out: stdout, log: stderr})
}

// tell says an error as its reader's language has it.
func tell(w io.Writer, lang string, err error) {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		if _, one := errs.Of(err); !one {
			for _, e := range many.Unwrap() {
				tell(w, lang, e)
			}
			return
		}
	}
	e, ok := errs.Of(err)
	switch {
	case !ok:
		fmt.Fprintln(w, "ringback:", err)
	case strings.HasPrefix(lang, "zh"):
		fmt.Fprintf(w, "ringback: %s\n", e.ZH)
	default:
		fmt.Fprintf(w, "ringback: %s\n", e.EN)
	}
	if ok && errors.Unwrap(e) != nil {
		fmt.Fprintf(w, "  (%s: %v)\n", e.Code, errors.Unwrap(e))
	}
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "ringback", version)
	return err
}
