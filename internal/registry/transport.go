package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	remote "github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

const (
	attempts  = 3
	longest   = 30 * time.Second // that is waited before another attempt
	mostLed   = 10               // redirects of one question, as many as of Go's own client
	mostBytes = 32 << 20         // of one answer: the longest lists of tags have 1 MB
)

// outside is the way to the network that this machine's environment describes.
func outside() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   AtOnce,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 20 * time.Second,
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// answerError is an answer that no registry gives, or none that may be taken.
type answerError struct{ why string }

func (e *answerError) Error() string { return e.why }

// transport asks again where that may help, and takes no answer without an end, in
// plain text over a network, or of a web page.
type transport struct {
	next  http.RoundTripper
	pause func(context.Context, time.Duration) error
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	led := 0
	for from := r.Response; from != nil && from.Request != nil; from = from.Request.Response {
		if led++; led > mostLed {
			return nil, &answerError{"leads on and on, and to no answer"}
		}
	}
	if r.URL.Scheme != "https" {
		if r.Response != nil && r.Response.Request.URL.Scheme == "https" {
			return nil, &answerError{"leads from https to plain http, to " + r.URL.Host}
		}
		if !local(r.URL.Hostname()) {
			return nil, &answerError{"is asked by plain http, which is for registries on this machine"}
		}
	}
	for attempt := 1; ; attempt++ {
		answer, err := t.next.RoundTrip(r)
		if r.Context().Err() != nil || !again(answer, err) || attempt == attempts {
			return accepted(answer, err)
		}
		wait := time.Duration(attempt*attempt) * 500 * time.Millisecond
		if err == nil {
			asked, said := after(answer)
			if said && asked > longest {
				return accepted(answer, nil)
			}
			if said {
				wait = asked
			}
			_, _ = io.CopyN(io.Discard, answer.Body, 4096) // for the connection to be used again
			_ = answer.Body.Close()
		}
		if err := t.pause(r.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// again says whether another attempt may have a better answer. A request without a body
// can be sent twice, and all of these are.
func again(answer *http.Response, err error) bool {
	if err != nil {
		network, of := errors.AsType[*net.OpError](err)
		return of && network.Op != "dial" || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	return asksAgain(answer.StatusCode)
}

// asksAgain says whether a status may be another soon.
func asksAgain(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// after is how long a registry asks to be left alone.
func after(answer *http.Response) (time.Duration, bool) {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	return time.Duration(max(0, seconds)) * time.Second, err == nil
}

func accepted(answer *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if answer.StatusCode == http.StatusOK && kind == "text/html" {
		_ = answer.Body.Close()
		return nil, &answerError{"answers with a web page, as no registry does; a proxy or a login page may be in between"}
	}
	answer.Body = &bounded{answer.Body, mostBytes}
	return answer, nil
}

// bounded is a body that ends.
type bounded struct {
	io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &answerError{fmt.Sprintf("sends more than %d MB in one answer", mostBytes>>20)}
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// local says whether a host is this machine.
func local(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// statusOf is the status of http that an error is about, or 0.
func statusOf(err error) int {
	if answer, ok := errors.AsType[*remote.Error](err); ok {
		return answer.StatusCode
	}
	return 0
}
