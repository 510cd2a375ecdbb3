package message

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// HTTPGateway speaks a plain JSON protocol that most carriers' gateways are one
// small proxy away from:
//
//	POST {URL}/messages   Authorization: Bearer {Token}   Idempotency-Key: {id}
//	{"id": "…", "to": "15400000001", "text": "…", "class": "service", "callback": "https://…/hooks/sms"}
//
// 200 or 202 {"gateway_id": "…", "segments": 1} means it was taken. 4xx
// {"code": "…"} is a refusal for good, but for 408, 409, 425 and 429, which are
// tried again like 5xx and silence. Receipts and replies come to the callback:
// see [Receiver].
type HTTPGateway struct {
	URL      string
	Token    string
	Callback string // our own address for receipts, told with each message
	Client   *http.Client
}

// gatewayWaits is how long the gateway may take.
const gatewayWaits = 15 * time.Second

// NewHTTPGateway makes a gateway with the usual time limit.
func NewHTTPGateway(url, token, callback string) *HTTPGateway {
	return &HTTPGateway{URL: strings.TrimSuffix(url, "/"), Token: token, Callback: callback, Client: &http.Client{Timeout: gatewayWaits}}
}

// Hand gives one message to the gateway; a refusal is a *[Refusal].
func (g *HTTPGateway) Hand(ctx context.Context, h Handover) (Taken, error) {
	body, err := json.Marshal(map[string]string{"id": h.ID.String(), "to": h.To, "text": h.Text, "class": h.Class, "callback": g.Callback})
	if err != nil {
		return Taken{}, fmt.Errorf("encoding a message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+"/messages", bytes.NewReader(body))
	if err != nil {
		return Taken{}, fmt.Errorf("asking the gateway: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", h.ID.String())
	if g.Token != "" {
		req.Header.Set("Authorization", "Bearer "+g.Token)
	}
	res, err := g.Client.Do(req)
	if err != nil {
		return Taken{}, fmt.Errorf("asking the gateway: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	return readAnswer(res)
}

func readAnswer(res *http.Response) (Taken, error) {
	var answer struct {
		GatewayID string `json:"gateway_id"`
		Segments  int    `json:"segments"`
		Code      string `json:"code"`
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return Taken{}, fmt.Errorf("reading the gateway's answer: %w", err)
	}
	bad := json.Unmarshal(raw, &answer)
	if res.StatusCode/100 == 2 {
		if bad != nil {
			return Taken{}, fmt.Errorf("reading the gateway's answer: %w", bad)
		}
		return Taken{GatewayID: answer.GatewayID, Segments: answer.Segments}, nil
	}
	if answer.Code == "" {
		answer.Code = fmt.Sprintf("http_%d", res.StatusCode)
	}
	return Taken{}, &Refusal{Code: answer.Code, Permanent: permanent(res.StatusCode)}
}

func permanent(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status/100 == 4
}
