package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// The files that CI systems of others run.
const (
	actionDir  = topOfUs + "/.github/actions/check"
	gitlabFile = topOfUs + "/.github/gitlab/check.gitlab-ci.yml"
)

// recordedCookie is an answer that fails a check: a style sheet that sets a cookie.
const recordedCookie = "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 08:00:00 GMT\r\nCache-Control: public, s-maxage=86400\r\n" +
	"Content-Type: text/css\r\nSet-Cookie: sid=s3cret\r\n\r\n"

// action is what is looked at of a composite action.
type action struct {
	Inputs map[string]struct {
		Description string `yaml:"description"`
		Default     string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []struct {
			ID    string            `yaml:"id"`
			Shell string            `yaml:"shell"`
			Run   string            `yaml:"run"`
			Uses  string            `yaml:"uses"`
			Env   map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"runs"`
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Load(data, into), path)
}

// The action's inputs reach its script as variables, all of them, and never as a part of it.
func TestActionIsWired(t *testing.T) {
	t.Parallel()
	var a action
	readYAML(t, actionDir+"/action.yml", &a)
	script, err := os.ReadFile(actionDir + "/check.sh")
	require.NoError(t, err)
	require.Equal(t, "composite", a.Runs.Using)
	step := a.Runs.Steps[0]
	assert.Equal(t, "bash", step.Shell)
	assert.NotContains(t, step.Run, "${{")
	names := regexp.MustCompile(`EDGEPRIME_CHECK_[A-Z]+(?:_[A-Z]+)*`).FindAllString(string(script), -1)
	slices.Sort(names)
	var passed, inputs []string
	for name, value := range step.Env {
		passed = append(passed, name)
		inputs = append(inputs, strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}"))
	}
	slices.Sort(passed)
	assert.Equal(t, slices.Compact(names), passed, "what the script reads is what it gets")
	for name, in := range a.Inputs {
		assert.NotEmpty(t, in.Description, name)
		assert.True(t, slices.Contains(inputs, name) || name == "upload", "input %s is used", name)
	}
	for name, out := range a.Outputs {
		assert.Equal(t, "${{ steps."+step.ID+".outputs."+name+" }}", out.Value)
		assert.Contains(t, string(script), `echo "`+name+"=", name)
	}
}

// ciRun runs a shell script as a CI system does, in a folder of its own, with edgeprime in the path.
func ciRun(t *testing.T, dir, script string, env ...string) (stdout string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC", "CI=true"}, env...)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Logf("%s", exit.Stderr)
		return string(out), exit.ExitCode()
	}
	require.NoError(t, err)
	return string(out), 0
}

// The files of a step's outputs and of its summary, within its folder.
const (
	outputsFile = "/.outputs"
	summaryFile = "/.summary"
)

// actionRun runs the action's step with its defaults and the given variables.
func actionRun(t *testing.T, dir string, env ...string) (stdout string, code int) {
	t.Helper()
	var a action
	readYAML(t, actionDir+"/action.yml", &a)
	path, err := filepath.Abs(actionDir)
	require.NoError(t, err)
	all := []string{
		"GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH=" + path, "GITHUB_OUTPUT=" + dir + outputsFile, "GITHUB_STEP_SUMMARY=" + dir + summaryFile, "RUNNER_TEMP=" + dir,
	}
	for name, value := range a.Runs.Steps[0].Env {
		input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
		all = append(all, name+"="+a.Inputs[input].Default)
	}
	return ciRun(t, dir, a.Runs.Steps[0].Run, append(all, env...)...)
}

func readIfThere(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	return string(data)
}

func TestActionRuns(t *testing.T) {
	t.Parallel()
	edgeprime, err := exec.LookPath("edgeprime")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/re corded.txt", []byte(recordedCookie), 0o600))
	args := "EDGEPRIME_CHECK_ARGS=\n  --headers-from\r\n  re corded.txt\n\n"
	stdout, code := actionRun(t, dir, "EDGEPRIME_CHECK_BINARY="+edgeprime, args)
	assert.Equal(t, exitNotReady, code)
	assert.Contains(t, stdout, "::error file=re corded.txt,line=1,col=1,title=ST003 blocker::")
	assert.Equal(t, "exit-code=3\nsarif=edgeprime.sarif\n", readIfThere(t, dir+outputsFile))
	summary := readIfThere(t, dir+summaryFile)
	assert.True(t, strings.HasPrefix(summary, "## ❌ FAIL: cache headers of re corded.txt\n"), summary)
	assert.True(t, json.Valid([]byte(readIfThere(t, dir+"/edgeprime.sarif"))))

	mild := t.TempDir()
	require.NoError(t, os.WriteFile(mild+"/r", []byte(recordedCookie), 0o600))
	_, code = actionRun(t, mild, "EDGEPRIME_CHECK_BINARY="+edgeprime, "EDGEPRIME_CHECK_ARGS=--headers-from\nr",
		"EDGEPRIME_CHECK_FAIL_ON=never", "EDGEPRIME_CHECK_SARIF=")
	assert.Equal(t, 0, code)
	assert.Equal(t, "exit-code=0\n", readIfThere(t, mild+outputsFile))
	assert.Empty(t, readIfThere(t, mild+"/edgeprime.sarif"))
}

// An input that is no argument is a usage error, not a command.
func TestActionRunsNothingOfItsInputs(t *testing.T) {
	t.Parallel()
	edgeprime, err := exec.LookPath("edgeprime")
	require.NoError(t, err)
	dir := t.TempDir()
	_, code := actionRun(t, dir, "EDGEPRIME_CHECK_BINARY="+edgeprime, "EDGEPRIME_CHECK_ARGS=$(touch owned)\n`touch owned`\n; touch owned\n--no-such-flag")
	assert.Equal(t, exitUsage, code)
	assert.Equal(t, "exit-code=2\n", readIfThere(t, dir+outputsFile))
	assert.NoFileExists(t, dir+"/owned")
}

// Without a binary the action asks Go for one, and says what is missing when there is no Go.
func TestActionInstalls(t *testing.T) {
	t.Parallel()
	edgeprime, err := exec.LookPath("edgeprime")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/r", []byte(recordedCookie), 0o600))
	require.NoError(t, os.Mkdir(dir+"/bin", 0o700))
	// A go that installs the edgeprime of this test.
	require.NoError(t, os.WriteFile(dir+"/bin/go", []byte("#!/bin/sh\necho \"$@\" >\"$RUNNER_TEMP/asked\"\nmkdir -p \"$GOBIN\" && ln -s '"+edgeprime+"' \"$GOBIN/edgeprime\"\n"), 0o700))
	path := "PATH=" + dir + "/bin:/usr/bin:/bin"
	_, code := actionRun(t, dir, path, "EDGEPRIME_CHECK_ARGS=--headers-from\nr", "EDGEPRIME_CHECK_VERSION=v9.9.9")
	assert.Equal(t, exitNotReady, code)
	assert.Equal(t, "install github.com/edgeprime/edgeprime/cmd/edgeprime@v9.9.9\n", readIfThere(t, dir+"/asked"))

	bare := t.TempDir()
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(bash, filepath.Join(bare, "bash")))
	stdout, code := actionRun(t, bare, "PATH="+bare, "EDGEPRIME_CHECK_ARGS=r")
	assert.Equal(t, 1, code)
	assert.Equal(t, "::error title=edgeprime::there is no Go here: add actions/setup-go before this step, or set binary\n", stdout)
}

func TestGitLabJobRuns(t *testing.T) {
	t.Parallel()
	var jobs map[string]struct {
		Variables map[string]string `yaml:"variables"`
		Script    []string          `yaml:"script"`
		Artifacts struct {
			When    string            `yaml:"when"`
			Reports map[string]string `yaml:"reports"`
		} `yaml:"artifacts"`
	}
	readYAML(t, gitlabFile, &jobs)
	require.Len(t, jobs, 1)
	job := jobs["edgeprime-check"]
	assert.Equal(t, "always", job.Artifacts.When, "a failed job has its reports too")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/r", []byte(recordedCookie), 0o600))
	var env []string
	for name, value := range job.Variables {
		env = append(env, name+"="+value)
	}
	env = append(env, "EDGEPRIME_ARGS=--headers-from r")
	_, code := ciRun(t, dir, strings.Join(job.Script, "\n"), env...)
	assert.Equal(t, exitNotReady, code)
	assert.Contains(t, readIfThere(t, dir+"/"+job.Artifacts.Reports["codequality"]), `"check_name": "ST003"`)
	assert.Contains(t, readIfThere(t, dir+"/"+job.Artifacts.Reports["junit"]), `classname="ST003"`)
}
