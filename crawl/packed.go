package crawl

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strconv"
)

// packedGroup is how many assets are packed one against the other: a reader that looks for one
// URL unpacks at most as many.
const packedGroup = 128

// What a packed asset says about itself in its first byte. Everything else is the same as in the
// asset before, or absent.
const (
	packedTemplate = 1 << iota // another template follows
	packedPage                 // another page follows
	packedAnswer               // status, size, location and canonical URL follow
)

// packed is a sequence of assets in a small part of the memory that an [Asset] each would take: of
// a URL it holds what differs from the URL before, and what many assets have in common it holds
// once. It is immutable. The assets that it yields share their texts and their Selected.
type packed struct {
	groups    []string // of packedGroup assets each; the last may have fewer
	templates []Asset  // without URL, page and answer
	n         int
}

// template is the key of what many assets have in common.
type template struct {
	kind                                Kind
	priority                            Priority
	mode                                Mode
	reason, initiator, source, selected string
	thirdParty                          bool
	epoch                               int
}

func templateOf(a *Asset) template {
	t := template{
		kind: a.Kind, priority: a.Priority, mode: a.Mode, reason: a.Reason, initiator: a.Initiator, source: a.Source,
		thirdParty: a.ThirdParty, epoch: a.Epoch,
	}
	for _, name := range a.Selected {
		t.selected += strconv.Quote(name)
	}
	return t
}

// packer builds a packed sequence. Its zero value is empty and ready for use.
type packer struct {
	out       packed
	known     map[template]int
	group     []byte
	url, page string // of the asset before, within the group
	template  int    // likewise; -1 at the beginning of a group
}

// add appends an asset. Any order will do; sorted URLs take the least memory.
func (p *packer) add(a Asset) {
	if p.out.n%packedGroup == 0 {
		p.flush()
		p.url, p.page, p.template = "", "", -1
	}
	var flags byte
	t := p.templateOf(&a)
	if t != p.template {
		flags |= packedTemplate
	}
	if a.Page != p.page {
		flags |= packedPage
	}
	if a.Status != 0 || a.Bytes != 0 || a.Location != "" || a.Canonical != "" {
		flags |= packedAnswer
	}
	b := append(p.group, flags)
	if flags&packedTemplate != 0 {
		b = binary.AppendUvarint(b, uint64(t)) //nolint:gosec // an index is never negative
	}
	b = appendFront(b, p.url, a.URL)
	if flags&packedPage != 0 {
		b = appendFront(b, p.page, a.Page)
	}
	if flags&packedAnswer != 0 {
		b = binary.AppendVarint(b, int64(a.Status))
		b = binary.AppendVarint(b, a.Bytes)
		b = appendFront(b, a.URL, a.Location)
		b = appendFront(b, a.URL, a.Canonical)
	}
	p.group, p.url, p.page, p.template = b, a.URL, a.Page, t
	p.out.n++
}

// templateOf is the place of the asset's template in the table.
func (p *packer) templateOf(a *Asset) int {
	key := templateOf(a)
	i, ok := p.known[key]
	if !ok {
		if p.known == nil {
			p.known = map[template]int{}
		}
		i = len(p.out.templates)
		p.known[key] = i
		p.out.templates = append(p.out.templates, Asset{
			Kind: a.Kind, Priority: a.Priority, Mode: a.Mode, Reason: a.Reason, Initiator: a.Initiator, Source: a.Source,
			Selected: append([]string(nil), a.Selected...), ThirdParty: a.ThirdParty, Epoch: a.Epoch,
		})
	}
	return i
}

// flush closes the group.
func (p *packer) flush() {
	if len(p.group) > 0 {
		p.out.groups = append(p.out.groups, string(p.group))
		p.group = p.group[:0]
	}
}

// packed returns everything that was added, and empties the packer.
func (p *packer) packed() packed {
	p.flush()
	out := p.out
	*p = packer{}
	return out
}

// appendFront writes how much of a text is as in the one before, and the rest.
func appendFront(b []byte, before, text string) []byte {
	same := 0
	for same < min(len(before), len(text)) && before[same] == text[same] {
		same++
	}
	b = binary.AppendUvarint(b, uint64(same))
	b = binary.AppendUvarint(b, uint64(len(text)-same)) //nolint:gosec // a length is never negative
	return append(b, text[same:]...)
}

// unpacker reads one group.
type unpacker struct {
	rest      string
	url, page []byte
	asset     Asset // the one before
}

// next reads the next asset; its URL is in u.url, not in the asset.
func (u *unpacker) next(templates []Asset) {
	flags := u.rest[0]
	u.rest = u.rest[1:]
	if flags&packedTemplate != 0 {
		page := u.asset.Page
		u.asset = templates[u.uvarint()]
		u.asset.Page = page
	}
	u.url = u.front(u.url)
	if flags&packedPage != 0 {
		u.page = u.front(u.page)
		u.asset.Page = string(u.page)
	}
	u.asset.Status, u.asset.Bytes, u.asset.Location, u.asset.Canonical = 0, 0, "", ""
	if flags&packedAnswer != 0 {
		u.asset.Status, u.asset.Bytes = int(u.varint()), u.varint()
		u.asset.Location = u.frontOfURL()
		u.asset.Canonical = u.frontOfURL()
	}
}

func (u *unpacker) front(before []byte) []byte {
	same, length := u.uvarint(), u.uvarint()
	text := append(before[:same], u.rest[:length]...)
	u.rest = u.rest[length:]
	return text
}

// frontOfURL reads a text that was written against the asset's own URL.
func (u *unpacker) frontOfURL() string {
	same, length := u.uvarint(), u.uvarint()
	text := string(u.url[:same]) + u.rest[:length]
	u.rest = u.rest[length:]
	return text
}

func (u *unpacker) uvarint() uint64 {
	var v uint64
	for i := range len(u.rest) {
		v |= uint64(u.rest[i]&0x7f) << (7 * i)
		if u.rest[i] < 0x80 {
			u.rest = u.rest[i+1:]
			break
		}
	}
	return v
}

// varint undoes binary.AppendVarint.
func (u *unpacker) varint() int64 {
	v := u.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// all yields the assets in their order.
func (p *packed) all() iter.Seq[Asset] {
	return func(yield func(Asset) bool) {
		for c := (packedCursor{groups: p.groups, templates: p.templates}); c.next(); {
			if !yield(c.get()) {
				return
			}
		}
	}
}

// find returns the asset of a URL. The assets must be sorted by URL.
func (p *packed) find(url string) (Asset, bool) {
	i, exact := slices.BinarySearchFunc(p.groups, url, func(group, url string) int {
		u := unpacker{rest: group}
		u.next(p.templates)
		return cmp.Compare(string(u.url), url)
	})
	if !exact {
		i--
	}
	if i < 0 {
		return Asset{}, false
	}
	for u := (unpacker{rest: p.groups[i]}); u.rest != ""; {
		u.next(p.templates)
		if string(u.url) >= url {
			if string(u.url) != url {
				break
			}
			a := u.asset
			a.URL = url
			return a, true
		}
	}
	return Asset{}, false
}
