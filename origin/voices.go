package origin

import (
	"fmt"
	"slices"
	"time"
)

// When misses are slow: what one region sees can be its own way to the origin, what all of them see
// is the origin.
const (
	voiceLearns = 16                    // misses before a usual time is known
	voiceSpeaks = 16                    // misses that are judged together
	voiceLasts  = 4                     // windows for which they can speak against others
	slowAbove   = 0.8                   // of the usual time, on top of it
	slowBy      = 50 * time.Millisecond // and less than that nobody would notice

	// The part of the way by which the usual time follows shorter times, and longer ones.
	fall          = 1. / 16
	riseAtCeiling = 1. / 16
	riseAtFloor   = 1. / 2
)

// voices are the times to first byte of proven misses, by region and kind.
type voices map[voiceOf]*voice

// voiceOf is what can be compared: documents are often made on demand, and take longer than files.
type voiceOf struct {
	region string
	page   bool
}

// voice is one region's misses of one kind. Its usual time is what it is compared with, never
// another region's.
type voice struct {
	usual time.Duration // 0 until it is learnt
	times []time.Duration
	delay time.Duration // of the last median, over the usual time
	age   int           // windows since; 0 for this one
}

func (vs voices) add(of voiceOf, ttfb time.Duration) {
	v := vs[of]
	if v == nil {
		v = &voice{age: voiceLasts}
		vs[of] = v
	}
	v.times = append(v.times, ttfb)
	if v.usual == 0 && len(v.times) == voiceLearns {
		v.usual, v.times = v.median(), v.times[:0]
	}
}

// judge ends a window: it says how much slower than usual misses are when every region that has
// spoken lately says so, and whether there was anything to judge by.
func (vs voices) judge() (slower string, news bool) {
	for _, v := range vs {
		v.age++
		if v.usual > 0 && len(v.times) >= voiceSpeaks {
			v.delay, v.age, news = v.median()-v.usual, 0, true
		}
	}
	for _, page := range []bool{true, false} {
		if why := vs.slower(page); why != "" {
			slower = why
		}
	}
	return slower, news
}

// learn moves usual times towards the medians of what was judged, by the part of the way that is
// given when those are longer.
func (vs voices) learn(rise float64) {
	for _, v := range vs {
		if v.age > 0 {
			continue
		}
		way, part := v.median()-v.usual, rise
		if way < 0 {
			part = fall
		}
		v.usual, v.times = v.usual+time.Duration(part*float64(way)), v.times[:0]
	}
}

// slower compares one kind. An origin that takes longer does so by the same time for every region,
// however far: the least of all delays is held against the usual time of the nearest.
func (vs voices) slower(page bool) string {
	var least, nearest *voice
	spoke := false
	for of, v := range vs {
		if of.page != page || v.age >= voiceLasts {
			continue
		}
		spoke = spoke || v.age == 0
		if least == nil || v.delay < least.delay {
			least = v
		}
		if nearest == nil || v.usual < nearest.usual {
			nearest = v
		}
	}
	if !spoke || least.delay <= max(slowBy, time.Duration(slowAbove*float64(nearest.usual))) {
		return ""
	}
	return fmt.Sprintf("misses take %s where they took %s",
		(nearest.usual + least.delay).Round(time.Millisecond), nearest.usual.Round(time.Millisecond))
}

// median is that of the times so far; there must be some.
func (v *voice) median() time.Duration {
	slices.Sort(v.times)
	return v.times[(len(v.times)-1)/2]
}
