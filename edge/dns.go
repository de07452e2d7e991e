package edge

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

type dnsType = dnsmessage.Type

const (
	typeA    = dnsmessage.TypeA
	typeAAAA = dnsmessage.TypeAAAA

	optionECS  = 8    // RFC 7871
	udpPayload = 1232 // what fits into a packet everywhere
	mostCNAMEs = 16
)

// errCut means that an answer did not fit into a packet.
var errCut = errors.New("the answer is cut")

// query is a question on its way.
type query struct {
	id       uint16
	question dnsmessage.Question
	packed   []byte
}

func newQuery(q question, kind dnsType) (*query, error) {
	name, err := dnsmessage.NewName(strings.TrimSuffix(q.host, ".") + ".")
	if err != nil {
		return nil, fmt.Errorf("%q is no host name", q.host)
	}
	var random [2]byte
	_, _ = rand.Read(random[:]) // never fails
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: binary.BigEndian.Uint16(random[:]), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: kind, Class: dnsmessage.ClassINET}},
	}
	var header dnsmessage.ResourceHeader
	if err := header.SetEDNS0(udpPayload, dnsmessage.RCodeSuccess, false); err != nil {
		return nil, err
	}
	options := &dnsmessage.OPTResource{}
	if q.subnet.IsValid() {
		options.Options = []dnsmessage.Option{{Code: optionECS, Data: clientSubnet(q.subnet)}}
	}
	m.Additionals = []dnsmessage.Resource{{Header: header, Body: options}}
	packed, err := m.Pack()
	if err != nil {
		return nil, fmt.Errorf("%q is no host name: %w", q.host, err)
	}
	return &query{m.ID, m.Questions[0], packed}, nil
}

// clientSubnet is the option of RFC 7871, section 6: family, prefix lengths, and only as much of the
// address as the prefix has.
func clientSubnet(p netip.Prefix) []byte {
	family := byte(1)
	if p.Addr().Is6() {
		family = 2
	}
	data := []byte{0, family, byte(p.Bits()), 0} //nolint:gosec // at most 128
	return append(data, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
}

// overUDP asks in one packet. What answers another question is left unread: anybody can send it.
func (r *Resolver) overUDP(ctx context.Context, server string, q *query) (*reply, error) {
	conn, err := r.dial(ctx, "udp", server)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(q.packed); err != nil {
		return nil, err
	}
	packet := make([]byte, 4096)
	for {
		n, err := conn.Read(packet)
		if err != nil {
			return nil, err
		}
		if m, err := q.read(packet[:n]); err == nil {
			if m.truncated {
				return nil, errCut
			}
			return m, nil
		}
	}
}

func (r *Resolver) overTCP(ctx context.Context, server string, q *query) (*reply, error) {
	conn, err := r.dial(ctx, "tcp", server)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(q.packed))) //nolint:gosec // a question is short
	if _, err := conn.Write(append(framed, q.packed...)); err != nil {
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	packet := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, packet); err != nil {
		return nil, err
	}
	return q.read(packet)
}

// reply is an answer to a query.
type reply struct {
	question  dnsmessage.Question
	code      dnsmessage.RCode
	truncated bool
	answers   []dnsmessage.Resource
	scope     int // of the client's subnet; 0 when the answer is for everybody
}

var errOtherAnswer = errors.New("the answer is to another question")

// read parses a packet, and refuses what answers another question.
func (q *query) read(packet []byte) (*reply, error) {
	var p dnsmessage.Parser
	header, err := p.Start(packet)
	if err != nil {
		return nil, err
	}
	asked, err := p.Question()
	if err != nil {
		return nil, err
	}
	same := header.Response && header.ID == q.id && asked.Type == q.question.Type && asked.Class == q.question.Class &&
		strings.EqualFold(asked.Name.String(), q.question.Name.String())
	if !same {
		return nil, errOtherAnswer
	}
	m := &reply{question: asked, code: header.RCode, truncated: header.Truncated}
	if m.truncated {
		return m, nil
	}
	if err := p.SkipAllQuestions(); err != nil {
		return nil, err
	}
	if m.answers, err = p.AllAnswers(); err != nil {
		return nil, err
	}
	if err := p.SkipAllAuthorities(); err != nil {
		return nil, err
	}
	additionals, err := p.AllAdditionals()
	if err != nil {
		return nil, err
	}
	for _, a := range additionals {
		if opt, ok := a.Body.(*dnsmessage.OPTResource); ok {
			for _, o := range opt.Options {
				if o.Code == optionECS && len(o.Data) >= 4 {
					m.scope = int(o.Data[3])
				}
			}
		}
	}
	return m, nil
}

// addresses follows the answer's aliases to the addresses at their end.
func (m *reply) addresses(q question) ([]netip.Addr, error) {
	switch {
	case m.code == dnsmessage.RCodeNameError:
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	case m.code != dnsmessage.RCodeSuccess:
		return nil, fmt.Errorf("the server answers %s", strings.TrimPrefix(m.code.String(), "RCode"))
	}
	name := m.question.Name.String()
	var found []netip.Addr
	for range mostCNAMEs {
		next := ""
		for _, a := range m.answers {
			if !strings.EqualFold(a.Header.Name.String(), name) {
				continue
			}
			switch body := a.Body.(type) {
			case *dnsmessage.AResource:
				found = append(found, netip.AddrFrom4(body.A))
			case *dnsmessage.AAAAResource:
				found = append(found, netip.AddrFrom16(body.AAAA))
			case *dnsmessage.CNAMEResource:
				next = body.CNAME.String()
			}
		}
		if len(found) > 0 || next == "" {
			break
		}
		name = next
	}
	if len(found) > 0 && q.subnet.IsValid() && m.scope == 0 {
		return nil, fmt.Errorf("the answer is for everybody, not for visitors from %s (scope 0): "+
			"ask a resolver that passes the client's subnet on, or reach the region by a worker or a proxy", q.subnet)
	}
	return found, nil
}
