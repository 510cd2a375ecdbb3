package desk

import (
	"sync"

	"github.com/google/uuid"
)

// waits are the agents between calls, with what their page says the dialer is
// doing. Every line of a campaign changes those words for all of its agents, so
// they are looked at once a second rather than at each event.
type waits struct {
	mu    sync.Mutex
	shown map[uuid.UUID]wait // by user
}

// wait is what one page shows.
type wait struct {
	campaign uuid.UUID
	zh       string
}

func (w *waits) show(user uuid.UUID, what wait) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shown == nil {
		w.shown = map[uuid.UUID]wait{}
	}
	w.shown[user] = what
}

func (w *waits) forget(user uuid.UUID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.shown, user)
}

// stale are the users whose page says something else than now does.
func (w *waits) stale(now func(campaign uuid.UUID) (zh, en string)) []uuid.UUID {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := map[uuid.UUID]string{}
	var out []uuid.UUID
	for user, at := range w.shown {
		if _, ok := said[at.campaign]; !ok {
			said[at.campaign], _ = now(at.campaign)
		}
		if said[at.campaign] != at.zh {
			out = append(out, user)
		}
	}
	return out
}

// aboutDialer shows what the dialer is doing for the agent's campaign.
func (d *Desk) aboutDialer(v *View, user uuid.UUID, st *session) {
	if st == nil || st.CampaignID == nil {
		d.waits.forget(user)
		return
	}
	v.DialerZH, v.DialerEN = d.o.Words(*st.CampaignID)
	d.waits.show(user, wait{*st.CampaignID, v.DialerZH})
}

// refreshOnce has the pages looked at again whose words are out of date.
func (d *Desk) refreshOnce() {
	for _, user := range d.waits.stale(d.o.Words) {
		d.o.Changed(user)
	}
}
