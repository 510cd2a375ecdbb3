package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"ringback/internal/errs"
)

// words turns "the server is gone" into errs.Unavailable for every command, so
// that no caller has to.
type words struct{}

func (words) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (words) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := unavailable(next(ctx, cmd))
		if err != nil {
			cmd.SetErr(err)
		}
		return err
	}
}

func (words) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		err := unavailable(next(ctx, cmds))
		for _, c := range cmds {
			if e := c.Err(); e != nil {
				c.SetErr(unavailable(e))
			}
		}
		return err
	}
}

// unavailable leaves redis.Nil, the server's own refusals and a cancelled
// caller as they are.
func unavailable(err error) error {
	if err == nil || !gone(err) {
		return err
	}
	return errs.New(errs.Unavailable, "redis_unavailable",
		"实时数据服务（Redis）暂时无法连接，自动拨号已暂停，正在进行的通话不受影响，恢复后自动继续。",
		"The live data service (Redis) cannot be reached. Dialing pauses, calls in progress go on, and work resumes by itself.").Because(err)
}

func gone(err error) bool {
	var network net.Error
	_, told := errs.Of(err)
	switch {
	case told, errors.Is(err, goredis.Nil), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed), errors.Is(err, goredis.ErrClosed), errors.Is(err, goredis.ErrPoolTimeout):
		return true
	}
	for _, state := range []string{"LOADING ", "MASTERDOWN ", "READONLY ", "CLUSTERDOWN ", "MISCONF "} {
		if strings.HasPrefix(err.Error(), state) {
			return true
		}
	}
	return false
}

// libraryLog takes what go-redis would print to stderr.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "go-redis", "says", fmt.Sprintf(format, v...))
}
