// Package render finds what pages request while their scripts run: it loads them in headless
// Chromium, on every viewport, scrolls them to their end and names each request with its
// initiator. A crawl uses it as its [crawl.Renderer]; without it, no browser is looked for.
//
// # The browser has no network
//
// Every request of every frame, worker and service worker is paused in the browser process before
// it is sent, and answered from the crawl's Fetch: scope, address guard, permits and the limit of
// the origin hold for the browser as they hold for the crawl, and what both want is asked once.
// Beside that the browser gets a proxy that does not exist and no name resolution, so that what
// cannot be paused (web sockets, speculative prefetches, connections opened ahead, DNS, WebRTC)
// fails.
//
//   - A URL out of scope is named and never asked: the page sees it blocked, as by a content
//     blocker. What a third party's script would have loaded is not seen, and what a page does
//     only after it (behind a consent dialog, say) neither. A [crawl.Problem] counts them.
//   - Only GET is asked. A HEAD is answered with the header of a GET, a CORS preflight by this
//     package; anything else fails and is named.
//   - Web sockets and event streams are refused; they are no assets.
//   - A body that the Fetch did not keep, such as a film's, is empty to the page.
//
// # A first visit
//
// Each visit has a profile of its own, without cookies and cache. It ends when the page is loaded
// and scrolled to its end and nothing has been requested for a while; a page without end, without
// rest, or that crashes leaves a Problem. A viewport narrower than 980 pixels is emulated as a
// phone: touch, a viewport meta element, and the user agent of Chrome on Android. The user agent
// is what scripts see; requests carry that of the crawl.
//
// # The process
//
// The browser is driven through a pipe, opens no port, gets no variable of the environment but
// PATH, HOME and the like, and has a profile folder that is removed with it. Chromium's sandbox
// does not work as root, so that it is left out then, and then only: discover as another user if
// the pages are not your own.
package render
