package natsq

import (
	"crypto/sha256"
	"encoding/hex"
)

// names are the streams and subjects of one launch. Names of launches and regions are lower-case
// letters, digits and hyphens, run ids hold no dot.
type names struct{ launch string }

func (n names) state() string             { return "STATE_" + n.launch }
func (n names) results(run string) string { return "RES_" + n.launch + "_" + run }
func (n names) work(region string) string { return "WORK_" + n.launch + "_" + region }
func (n names) account(region string) string {
	return "R_" + n.launch + "_" + region
}

func (n names) workSubject(region, vantage string) string {
	return "work." + n.launch + "." + region + "." + vantageToken(vantage)
}

func (n names) workSubjects(region string) string { return "work." + n.launch + "." + region + ".*" }

func (n names) resultSubject(region, run string) string {
	return "res." + n.launch + "." + region + "." + run
}

func (n names) askSubject(region string) string    { return "permit." + n.launch + "." + region }
func (n names) returnSubject(region string) string { return "permitdone." + n.launch + "." + region }
func (n names) helloSubject(region string) string  { return "hello." + n.launch + "." + region }

// vantageToken stands for a vantage in names of consumers and subjects, where its own may have dots.
func vantageToken(vantage string) string {
	sum := sha256.Sum256([]byte(vantage))
	return hex.EncodeToString(sum[:8])
}
