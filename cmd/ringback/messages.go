package main

import (
	"context"
	"net/http"

	"ringback/crm/message"
	"ringback/crm/message/smstest"
	"ringback/internal/config"
)

// postOffice hands short messages to the gateway and takes its receipts.
type postOffice struct {
	sender *message.Sender // nil: no gateway is set up, messages wait
	hook   http.Handler    // nil: nothing comes back
}

// wireMessages reads the gateway's address from cfg; the demo's own one is started
// beside it.
func (n *node) wireMessages(cfg config.Config) postOffice {
	if cfg.SMSURL == "" {
		return postOffice{}
	}
	callback := "http://" + cfg.HTTPAddr + smsHook
	if n.listen != nil {
		callback = "http://" + n.listen.Addr().String() + smsHook
	}
	if cfg.PublicURL != nil {
		callback = cfg.PublicURL.String() + smsHook
	}
	return postOffice{
		sender: message.NewSender(message.SenderOptions{
			Pool: n.pool, Bus: n.bus, Box: n.box, Clock: n.clock, Gateway: message.NewHTTPGateway(cfg.SMSURL, cfg.SMSToken, callback), Logger: n.log,
		}),
		hook: message.NewReceiver(message.ReceiverOptions{
			Pool: n.pool, Files: n.files, Clock: n.clock, Token: cfg.SMSToken, OptOut: n.library.Templates.OptOut, Logger: n.log,
		}),
	}
}

// smsHook is where receipts and replies come to.
const smsHook = "/hooks/sms"

// Run hands messages over until ctx ends; without a gateway they wait.
func (p postOffice) Run(ctx context.Context) error {
	if p.sender == nil {
		<-ctx.Done()
		return nil
	}
	return p.sender.Run(ctx)
}

// simulatedGateway starts the demo's message gateway and tells cfg of it.
func simulatedGateway(cfg *config.Config) (*smstest.Gateway, error) {
	g, err := smstest.New()
	if err != nil {
		return nil, err
	}
	cfg.SMSURL, cfg.SMSToken = g.URL(), smstest.Token
	return g, nil
}
