package message

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/clock"
	"ringback/internal/postgres"
)

// ReceiverOptions of the gateway's way back.
type ReceiverOptions struct {
	Pool   *postgres.Pool
	Files  *customer.Files
	Clock  *clock.Clock
	Token  string   // the gateway must show it; empty: nothing is received
	OptOut []string // replies that refuse further messages
	Logger *slog.Logger
}

// Receiver is the HTTP handler for receipts and replies:
//
//	POST  Authorization: Bearer {Token}
//	{"receipts": [{"gateway_id": "…", "state": "delivered"|"failed", "code": "…"}],
//	 "replies": [{"gateway_id": "…", "from": "15400000001", "text": "R"}]}
//
// 204 means all was written; the same receipt or reply a second time changes
// nothing. A reply that opts out is on the do-not-call list when 204 is answered.
type Receiver struct{ o ReceiverOptions }

// NewReceiver makes the handler.
func NewReceiver(o ReceiverOptions) *Receiver { return &Receiver{o} }

type receipt struct {
	GatewayID string `json:"gateway_id"`
	State     string `json:"state"`
	Code      string `json:"code"`
}

type reply struct {
	GatewayID string `json:"gateway_id"`
	From      string `json:"from"`
	Text      string `json:"text"`
}

// ServeHTTP takes one batch.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	token, _ := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if r.o.Token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(r.o.Token)) != 1 {
		http.Error(w, "the gateway's token is missing or wrong (RINGBACK_SMS_TOKEN)", http.StatusUnauthorized)
		return
	}
	var in struct {
		Receipts []receipt `json:"receipts"`
		Replies  []reply   `json:"replies"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&in); err != nil {
		http.Error(w, "the body is not the JSON that is expected", http.StatusBadRequest)
		return
	}
	early, err := r.take(req.Context(), in.Receipts, in.Replies)
	if err != nil || early {
		if err != nil {
			r.o.Logger.Error("receipts of the message gateway could not be kept", "error", err)
		}
		http.Error(w, "not all kept; send it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// take writes a batch; early tells that a receipt came before its message was
// written as sent.
func (r *Receiver) take(ctx context.Context, receipts []receipt, replies []reply) (early bool, err error) {
	err = r.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		early = false
		for _, in := range receipts {
			if in.State != "delivered" && in.State != "failed" {
				continue
			}
			known, err := r.receipt(ctx, tx, in)
			if err != nil {
				return err
			}
			early = early || !known
		}
		for _, in := range replies {
			if err := r.reply(ctx, tx, in); err != nil {
				return err
			}
		}
		return nil
	})
	return early, err
}

// receipt writes what became of a message, once.
func (r *Receiver) receipt(ctx context.Context, tx pgx.Tx, in receipt) (known bool, err error) {
	err = tx.QueryRow(ctx, `
		WITH told AS (UPDATE sms SET state = $2, error_code = $3, receipt_at = $4 WHERE gateway_id = $1 AND state = 'sent')
		SELECT EXISTS (SELECT FROM sms WHERE gateway_id = $1 AND gateway_id <> '')`, in.GatewayID, in.State, in.Code, r.o.Clock.Now()).Scan(&known)
	if err != nil {
		return false, fmt.Errorf("writing a receipt: %w", err)
	}
	return known, nil
}

// answered is the message a reply most likely answers: the newest to its number.
type answered struct {
	ID      uuid.UUID
	GroupID uuid.UUID
	StoreID uuid.UUID
	Class   string
}

// reply keeps what a customer wrote. One that opts out refuses messages, and
// advertising calls too when it answers advertising (spec 3.5).
func (r *Receiver) reply(ctx context.Context, tx postgres.DB, in reply) error {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(in.From), "+"), "86")
	m, err := lastTo(ctx, tx, r.o.Files.Hash(digits))
	if err != nil || m == nil { // nobody here ever wrote to that number
		return err
	}
	out, now := OptsOut(in.Text, r.o.OptOut), r.o.Clock.Now()
	tag, err := tx.Exec(ctx, `INSERT INTO sms_reply (id, group_id, store_id, sms_id, gateway_id, last4, text_zh, opt_out, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (gateway_id) DO NOTHING`,
		uuid.Must(uuid.NewV7()), m.GroupID, m.StoreID, m.ID, in.GatewayID, digits[max(0, len(digits)-4):], in.Text, out, now)
	if err != nil {
		return fmt.Errorf("keeping a reply: %w", err)
	}
	if !out || tag.RowsAffected() == 0 {
		return nil
	}
	scopes := []customer.Scope{customer.ScopeSMS}
	if m.Class == "commercial" {
		scopes = append(scopes, customer.ScopeCommercial)
	}
	return r.refuse(ctx, tx, *m, digits, scopes, now)
}

func (r *Receiver) refuse(ctx context.Context, tx postgres.DB, m answered, digits string, scopes []customer.Scope, now time.Time) error {
	by := customer.By{Group: m.GroupID, Store: m.StoreID, At: now}
	for _, scope := range scopes {
		if _, err := r.o.Files.AddDNC(ctx, tx, by, customer.DNC{Digits: digits, Scope: scope, Source: "sms_reply", From: now, Evidence: "sms " + m.ID.String()}); err != nil {
			return err
		}
	}
	return nil
}

func lastTo(ctx context.Context, tx postgres.DB, hash []byte) (*answered, error) {
	rows, err := tx.Query(ctx, `SELECT m.id, s.group_id, m.store_id, m.class FROM sms m JOIN customer_phone p ON p.id = m.phone_id
		JOIN store s ON s.id = m.store_id WHERE p.phone_hash = $1 AND m.sent_at IS NOT NULL ORDER BY m.sent_at DESC LIMIT 1`, hash)
	if err != nil {
		return nil, fmt.Errorf("finding what a reply answers: %w", err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[answered])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding what a reply answers: %w", err)
	}
	return &m, nil
}
