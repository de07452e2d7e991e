package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/edgeprime/edgeprime/regions/natsq"
)

// workersFile holds, in the state of a launch, who may connect to it.
const workersFile = "workers.json"

// pinnedName is the name in the certificate of a port that has none of its own: tokens pin the
// certificate itself, so that its name says nothing.
const pinnedName = "edgeprime"

// enrolled is who may connect to a launch, and with which certificate its port answers.
type enrolled struct {
	Seed        string              `json:"seed"`   // of the coordinator, for servers outside
	Public      string              `json:"public"` // of the coordinator
	Workers     map[string][]string `json:"workers"`
	Certificate string              `json:"certificate,omitempty"` // PEM, pinned by the tokens
	Key         string              `json:"key,omitempty"`
}

// workersPath is the file of a launch's workers.
func workersPath(l *launch) string {
	return filepath.Join(l.File.Report.Dir, l.File.Name, stateFolder, workersFile)
}

// readEnrolled returns who may connect; nobody when no token was made yet.
func readEnrolled(l *launch) (*enrolled, error) {
	e := &enrolled{Workers: map[string][]string{}}
	data, err := os.ReadFile(workersPath(l))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err == nil {
		err = json.Unmarshal(data, e)
	}
	if err != nil {
		return nil, fmt.Errorf("workers of launch %s: %w", l.File.Name, err)
	}
	return e, nil
}

// enrol makes the credential of a worker of a region, and with the first one the certificate of the
// port and the coordinator's own credential.
func (e *enrolled) enrol(region string) (seed string, err error) {
	if e.Seed == "" {
		if e.Seed, e.Public, err = natsq.NewKey(); err != nil {
			return "", err
		}
		if e.Certificate, e.Key, err = newCertificate(time.Now()); err != nil {
			return "", err
		}
	}
	seed, public, err := natsq.NewKey()
	if err != nil {
		return "", err
	}
	e.Workers[region] = append(e.Workers[region], public)
	return seed, nil
}

func (e *enrolled) write(l *launch) error {
	if err := os.MkdirAll(filepath.Dir(workersPath(l)), 0o700); err != nil {
		return fmt.Errorf("workers of launch %s: %w", l.File.Name, err)
	}
	return writeJSON(workersPath(l), e)
}

// certificateYears is how long a port's own certificate lasts: a token is made anew before.
const certificateYears = 5

func newCertificate(now time.Time) (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return "", "", fmt.Errorf("certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: pinnedName}, DNSNames: []string{pinnedName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(certificateYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return "", "", fmt.Errorf("certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", fmt.Errorf("certificate: %w", err)
	}
	block := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", secret), nil
}

// engineConfig says where the engine of a launch is, and who else may connect to it.
func engineConfig(e *env, l *launch, dir string) (natsq.Config, error) {
	c := natsq.Config{Launch: l.File.Name, Dir: dir, Log: e.log}
	w := l.File.Workers
	if len(w.Regions) == 0 {
		return c, nil
	}
	who, err := readEnrolled(l)
	if err != nil {
		return c, err
	}
	for _, region := range w.Regions {
		if len(who.Workers[region]) == 0 {
			return c, withHint(credentials("region %s is worked on elsewhere, and no worker may connect yet", region),
				"edgeprime worker token --region %s -o %s.token %s", region, region, l.Path)
		}
	}
	if len(w.Servers) > 0 {
		if c.External, err = external(w, who); err == nil {
			c.External.Owner, err = ownerOf(dir)
		}
		return c, err
	}
	c.Workers = map[string][]string{}
	for region, keys := range who.Workers {
		if slices.Contains(w.Regions, region) {
			c.Workers[region] = keys
		}
	}
	c.Listen, err = listen(w, who)
	return c, err
}

// ownerOf names the place of a coordinator.
func ownerOf(dir string) (string, error) {
	folder, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("run folder: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("this machine's name: %w", err)
	}
	return host + ":" + folder, nil
}

func external(w workersSection, who *enrolled) (*natsq.External, error) {
	x := &natsq.External{URLs: w.Servers, Seed: []byte(who.Seed), Replicas: w.Replicas}
	if w.CA == "" {
		return x, nil
	}
	authorities, err := os.ReadFile(w.CA)
	if err != nil {
		return nil, usageError("workers.ca: %w", err)
	}
	if x.TLS, err = trusting(authorities, ""); err != nil {
		return nil, usageError("workers.ca: %s: %w", w.CA, err)
	}
	return x, nil
}

// trusting is TLS to a peer whose certificate is from the authorities in PEM, and has a name; empty for the one dialled.
func trusting(authorities []byte, name string) (*tls.Config, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authorities) {
		return nil, errors.New("no certificate in it")
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: name}, nil
}

func listen(w workersSection, who *enrolled) (*natsq.Listen, error) {
	host, port, err := net.SplitHostPort(w.Listen)
	if err != nil {
		return nil, usageError("workers.listen: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, usageError("workers.listen: %w", err)
	}
	pair, err := tls.X509KeyPair([]byte(who.Certificate), []byte(who.Key))
	if w.Certificate != "" {
		pair, err = tls.LoadX509KeyPair(w.Certificate, w.Key)
	}
	if err != nil {
		return nil, usageError("workers.certificate: %w", err)
	}
	listen := &natsq.Listen{Host: host, Port: int(number), TLS: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}}
	if number == 0 {
		listen.Port = -1
	}
	return listen, nil
}

// drainTime is how long a link may take to send what it has seen, once its work has ended.
const drainTime = 30 * time.Second

// sleepFor waits about a time, and reports whether the context is still alive.
func sleepFor(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d*3/4 + mathrand.N(d/2)) //nolint:gosec // jitter is no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
