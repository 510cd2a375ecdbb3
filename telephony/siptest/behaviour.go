package siptest

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// Who answers a call.
type Who int

// Who may answer.
const (
	Human     Who = iota
	Voicemail     // greeting, then silence
	Assistant     // an AI call assistant speaks
	DeadAir       // nothing is heard
)

// Behaviour is what happens when a number is called.
type Behaviour struct {
	Ring      time.Duration // ringing before the answer or refusal
	Forever   bool          // rings until the caller gives up
	Forwarded bool          // 181 first
	Announce  string        // network announcement in early media before the refusal
	Status    int           // refusal; 0: answers
	Reason    string
	Q850      int           // cause in a Reason header, 0 for none
	Who       Who           // who answers
	Talk      time.Duration // then hangs up; 0: stays until hung up
	Says      []byte        // A-law said over and over instead of conversation
	AtOnce    bool          // speaks from the answer on, without drawing breath
	Nothing   bool          // no response at all, not even 100
}

// Answers tells whether the call is answered.
func (b Behaviour) Answers() bool { return b.Status == 0 && !b.Forever && !b.Nothing }

// refusal is a Behaviour that ends without an answer.
func refusal(ring time.Duration, status int, reason, announce string, q850 int) Behaviour {
	return Behaviour{Ring: ring, Status: status, Reason: reason, Announce: announce, Q850: q850}
}

func powerOff(ring time.Duration) Behaviour {
	return refusal(ring, 480, "Temporarily Unavailable", "power_off", 20)
}

// fixed is spec §6.2: what the last four digits of a 154 number stand for.
func fixed(number string) (Behaviour, bool) {
	if len(number) < 4 {
		return Behaviour{}, false
	}
	last, err := strconv.Atoi(number[len(number)-4:])
	if err != nil {
		return Behaviour{}, false
	}
	switch {
	case last >= 1 && last <= 9:
		return Behaviour{Ring: 3 * time.Second, Talk: 40 * time.Second}, true
	case last >= 100 && last <= 199:
		return Behaviour{Ring: time.Duration(last%100%20+2) * time.Second, Talk: 60 * time.Second}, true
	case last >= 700 && last <= 719:
		return Behaviour{Ring: 5 * time.Second, Who: Voicemail, Talk: 20 * time.Second}, true
	case last >= 720 && last <= 729:
		return Behaviour{Ring: 3 * time.Second, Who: Assistant, Talk: 20 * time.Second}, true
	}
	b, ok := exact()[last]
	return b, ok
}

// exact are the single numbers of spec §6.2.
func exact() map[int]Behaviour {
	return map[int]Behaviour{
		302: {Ring: 5 * time.Second, Forwarded: true, Talk: 30 * time.Second},
		404: refusal(time.Second, 404, "Not Found", "empty", 1),
		408: {Forever: true},
		480: powerOff(12 * time.Second),
		481: refusal(0, 480, "Temporarily Unavailable", "unreachable", 27),
		482: refusal(0, 480, "Temporarily Unavailable", "suspended", 29),
		486: refusal(2*time.Second, 486, "Busy Here", "", 17),
		503: refusal(0, 503, "Service Unavailable", "", 38),
		603: refusal(6*time.Second, 603, "Decline", "", 21),
		607: refusal(0, 607, "Unwanted", "", 0),
		800: {Ring: 3 * time.Second, Who: DeadAir, Talk: 30 * time.Second},
		801: {Ring: 3 * time.Second, Talk: 1500 * time.Millisecond},
		802: {Ring: 4 * time.Second, Talk: 30 * time.Second},
	}
}

// Random is spec §6.6: what a call to number does at its nth try, the same for
// the same seed. hour is the hour of the day of the business time; answers are
// likelier in some hours. A second try has 4 % more of a chance.
func Random(seed uint64, number string, try, hour int) Behaviour {
	h := fnv.New64a()
	_, _ = h.Write([]byte(number))
	r := rand.New(rand.NewPCG(seed^h.Sum64(), uint64(try)))
	ring := ringTime(r)
	human := answerShare(hour)
	if try > 1 {
		human += 0.04
	}
	if r.Float64() < human {
		return Behaviour{Ring: min(ring, 34*time.Second), Talk: talkTime(r)}
	}
	return unanswered(r, ring)
}

// answerShare is the probability of a person answering, by the hour.
func answerShare(hour int) float64 {
	switch hour {
	case 10:
		return 0.49
	case 11:
		return 0.47
	case 15:
		return 0.43
	case 16:
		return 0.44
	case 17:
		return 0.50
	}
	return 0.45
}

// unanswered is the rest of spec §6.6 in its proportions.
func unanswered(r *rand.Rand, ring time.Duration) Behaviour {
	shares := []struct {
		share float64
		b     Behaviour
	}{
		{26, Behaviour{Forever: true}},
		{9, refusal(min(ring, 12*time.Second), 603, "Decline", "", 21)},
		{7, refusal(2*time.Second, 486, "Busy Here", "", 17)},
		{3, powerOff(time.Second)},
		{3, refusal(time.Second, 480, "Temporarily Unavailable", "unreachable", 27)},
		{2, Behaviour{Ring: 5 * time.Second, Who: Voicemail, Talk: 20 * time.Second}},
		{1.2, Behaviour{Ring: 3 * time.Second, Who: Assistant, Talk: 20 * time.Second}},
		{1.2, refusal(0, 480, "Temporarily Unavailable", "suspended", 29)},
		{1.2, refusal(0, 607, "Unwanted", "", 0)},
		{0.8, refusal(time.Second, 404, "Not Found", "empty", 1)},
		{0.4, Behaviour{Ring: ring, Forwarded: true, Talk: talkTime(r)}},
		{0.2, refusal(0, 503, "Service Unavailable", "", 38)},
	}
	at := r.Float64() * 55
	for _, s := range shares {
		if at -= s.share; at < 0 {
			return s.b
		}
	}
	return Behaviour{Forever: true}
}

// ringTime is gamma distributed with mean 11 s (shape 4: a sum of exponentials).
func ringTime(r *rand.Rand) time.Duration {
	sum := 0.0
	for range 4 {
		sum += r.ExpFloat64()
	}
	return time.Duration(sum / 4 * 11 * float64(time.Second)).Truncate(10 * time.Millisecond)
}

// talkTime is lognormal with mean 150 s; 4 % hang up in the opening.
func talkTime(r *rand.Rand) time.Duration {
	if r.Float64() < 0.04 {
		return 4 * time.Second
	}
	const sigma = 0.6
	mu := math.Log(150) - sigma*sigma/2
	return time.Duration(math.Exp(mu+sigma*r.NormFloat64()) * float64(time.Second)).Truncate(10 * time.Millisecond)
}
