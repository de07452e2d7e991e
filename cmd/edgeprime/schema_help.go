package main

// topHelp describes the keys at the top of the launch file.
func topHelp() map[string]help {
	return map[string]help{
		"name":            {words: "Name of the launch: its folder and its reports carry it. Lower-case letters, digits and hyphens, at most 63.", pattern: namePattern},
		"owner":           {words: "Who answers for the launch."},
		"on_call":         {words: "Whom to call when it goes wrong."},
		"approver":        {words: "Who signs the report."},
		"deploy_id":       {words: "What is deployed, such as a build number. Also --deploy-id and EDGEPRIME_DEPLOY_ID."},
		"launch":          {words: "When the launch is.", required: []string{"at"}},
		"entries":         {words: "URLs as visitors type or click them; redirects and campaign parameters are followed and primed as they are.", pattern: urlPattern},
		"pages":           {words: "URLs of further pages.", pattern: urlPattern},
		"sitemaps":        {words: "URLs of sitemaps, sitemap indexes or text lists.", pattern: urlPattern},
		"url_lists":       {words: "Files of URLs, relative to the launch file: one URL a line, # at the start of a line begins a comment.", pattern: `.`},
		"scope":           {words: "What may be fetched."},
		"critical":        {words: "Which assets the verdict needs, over what discovery finds by itself."},
		"discovery":       {words: "How far discovery goes, for which devices, and whether a browser takes part."},
		"variants":        {words: "Sets of request headers by which browsers get different copies of one URL. Default: one, with the encodings of Chromium.", required: []string{"name"}},
		"regions":         {words: "Where visitors are. Default: one region, reached directly.", required: []string{"name"}},
		"stages":          {words: "The order of priming: shield, canary, the rest."},
		"origin":          {words: "The load that the origin has agreed to bear, all regions together."},
		"allow_addresses": {words: "Private or reserved addresses that may be dialled all the same, each an exact ip:port. They stand in the report.", pattern: `^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$`},
		"resolvers":       {words: "DNS servers that are asked for the addresses of vantages via ecs and pop, each an ip:port. Default: 8.8.8.8 and 8.8.4.4 for ecs, which must pass the subnet on, and this machine's for pop.", pattern: `^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$`},
		"workers":         {words: "Regions whose requests are made by workers that run there, and where these connect to. Default: this process makes all requests and opens no port."},
		"cdn":             {words: "Which cache the launch is served by, and what is configured there and no header shows."},
		"rules":           {words: "Which rules judge answers, how severe they are, and the figures that they compare with."},
		"criteria":        {words: "When the launch is ready."},
		"report":          {words: "Where a run's folder is and which reports stand in it."},
		"identify":        {words: "A header that carries a secret with every request to the launch's hosts, so that their bot protection can let edgeprime through. Workers elsewhere have a flag for it."},
		"identify.header": {words: "Name of the header, such as X-Edgeprime-Key."},
		"identify.secret": {words: "A reference to the secret: ${env:NAME} or ${file:/path}.", pattern: referencePattern},
		"headers":         {words: "Request headers for preview hosts, each a reference to a credential: ${env:NAME} or ${file:/path}, with a scheme such as Bearer in front if needed.", pattern: referencePattern},
	}
}

// sectionHelp describes the keys of the plain sections.
func sectionHelp() map[string]help {
	return map[string]help{
		"launch.at":                {words: "The instant: a local time with launch.time_zone, or RFC 3339 with its own offset.", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}`},
		"launch.time_zone":         {words: "IANA time zone, such as America/New_York. Needed unless the time has an offset."},
		"launch.warm_window":       {words: "How long from the launch on the caches must stay warm."},
		"launch.prime_at":          {words: "When priming is planned, written like at. Default: now.", pattern: `^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}`},
		"scope.hosts":              {words: "Hosts that may be fetched: host, host:port or *.host. Default: the hosts of the URLs above.", pattern: `^[^\s/?#@]+$`},
		"scope.preview":            {words: "Preview host to the public host it stands for: discovered there, primed here.", pattern: `^[^\s/?#@*]+$`},
		"scope.include":            {words: "Path globs; * is any run without a slash, ** any run. Default: every path.", pattern: `^[/*]\S*$`},
		"scope.exclude":            {words: "Path globs that are never fetched; they win over include.", pattern: `^[/*]\S*$`},
		"critical.include":         {words: "Globs of assets that are critical: over the path, or over the whole URL when they hold ://.", pattern: `^\S+$`},
		"critical.exclude":         {words: "Globs of assets that are not critical; they win over include.", pattern: `^\S+$`},
		"discovery.pages":          {words: "Documents that are read."},
		"discovery.assets":         {words: "Assets that are taken beside the declared ones."},
		"discovery.links_per_page": {words: "URLs that are taken from one document or style sheet."},
		"discovery.redirects":      {words: "Redirects that are followed one after another."},
		"discovery.sitemap_urls":   {words: "URLs that are taken from all sitemaps together: pages, alternates, images and videos."},
		"discovery.sitemap_depth":  {words: "Sitemap indexes that may stand above a sitemap."},
		"discovery.sitemap_since": {
			words:   "Leaves out the entries of sitemaps, and the sitemaps of an index, whose lastmod is older: a date, a time written like launch.at, or a duration before the launch such as 720h. What has no lastmod is kept.",
			pattern: `^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?|([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+)$`,
		},
		"discovery.sitemap_min_priority": {words: "Leaves out the entries of sitemaps with a lower priority; one without has 0.5."},
		"discovery.concurrency":          {words: "Fetches that are open at once, at most 64.", most: "64"},
		"discovery.rendered_pages":       {words: "Entries and pages that are loaded in the browser."},
		"discovery.render":               {words: "Whether the entries and pages are loaded in headless Chromium too, on every viewport, and scrolled. Also --render."},
		"discovery.browser":              {words: "Command or file of the browser. Default: the first of chromium, chromium-browser, google-chrome and the like that is in PATH."},
		"discovery.pages_per_host":       {words: "Documents of one host that are read. Default: as many as pages."},
		"discovery.depth":                {words: "Links that are followed one after another from what the launch declares; 0 for none. Also discover --depth.", zero: true},
		"discovery.links_per_pattern":    {words: "Links that are followed though they differ in numbers and ids only, as those of a calendar do."},
		"discovery.queries_per_path":     {words: "Links that are followed though they differ in their query only, as filters of a list do."},
		"discovery.viewports":            {words: "Devices that the launch is made for. Default: a phone (mobile, 390x844@3) and a desktop (desktop, 1440x900@1).", required: []string{"name", "width", "height", "dpr"}},
		"discovery.viewports.name":       {words: "Name of the device, unique.", pattern: vantageRule.String()},
		"discovery.viewports.width":      {words: "Width in CSS pixels.", most: "10000"},
		"discovery.viewports.height":     {words: "Height in CSS pixels.", most: "10000"},
		"discovery.viewports.dpr":        {words: "Device pixels of a CSS pixel.", most: "10"},
		"discovery.candidates":           {words: "Candidates of a srcset, and fonts and images of style sheets, that are primed: all, or selected for those that some viewport requests.", values: candidateChoices()},
		"discovery.ask":                  {words: "What discovery asks for: selected, every asset but media that a first visit requests, so that redirects and sizes are known; or needed, only what names further assets.", values: askChoices()},
		"origin.max_rps":                 {words: "Requests that may start in any one-second window. Over 50 needs confirm_max_rps. Also --max-rps and EDGEPRIME_MAX_RPS."},
		"origin.max_in_flight":           {words: "Requests that may be open at once. Also --max-in-flight and EDGEPRIME_MAX_IN_FLIGHT."},
		"origin.amplification":           {words: "Origin requests that one edge request can cause; both limits are divided by it."},
		"origin.timeout":                 {words: "Bound on one fetch."},
		"origin.hold_tail":               {words: "How much longer than timeout an unfinished request counts as open at the origin."},
		"origin.confirm_max_rps":         {words: "A max_rps over 50 once more, as a confirmation; 0 for none.", zero: true},
		"workers.regions":                {words: "Names of regions, or shield, that edgeprime worker works on.", pattern: namePattern},
		"workers.listen":                 {words: "host:port that workers connect to, with TLS. Default :7422 when there are regions and no servers."},
		"workers.certificate":            {words: "PEM file of the port's certificate. Default: one of its own, which the workers' tokens pin."},
		"workers.key":                    {words: "PEM file of the certificate's key."},
		"workers.servers":                {words: "URLs of nats-servers to use instead of the one in the process; edgeprime worker accounts prints what they must be configured with.", pattern: `^(tls|nats|ws|wss)://[^\s/]+$`},
		"workers.ca":                     {words: "PEM file of the authority that the servers' certificates are from. Default: the system's."},
		"workers.replicas":               {words: "Servers that keep each stream: 1, 3 or 5.", most: "5"},
		"workers.patience":               {words: "How long a region is waited for that no worker is at; then it is not measured."},
		"criteria.hit_ratio":             {words: "Share of critical assets that must hit, in each region."},
		"criteria.max_evidence_age":      {words: "Age over which a measurement proves nothing any more."},
		"criteria.fail_on":               {words: "Severity from which a finding makes the launch not ready.", values: failLevels()},
		"report.dir":                     {words: "Folder that runs are kept in, relative to the current folder. Also --report-dir and EDGEPRIME_REPORT_DIR."},
		"report.formats":                 {words: "Reports that stand in the run's folder.", values: reportFormats()},
	}
}

// regionHelp describes variants, regions, vantages and stages.
func regionHelp() map[string]help {
	table := map[string]help{
		"variants.name":               {words: "Name of the variant, unique.", pattern: namePattern},
		"variants.headers":            {words: "Request headers: Accept, Accept-Encoding, Accept-Language, User-Agent, Origin, Save-Data, DPR, Viewport-Width, Width, Sec-CH-* and Sec-Fetch-*.", names: headerPattern},
		"regions.name":                {words: "Name of the region, unique.", pattern: namePattern},
		"regions.vantages":            {words: "Ways to the region's edges. Default: one, direct."},
		"stages.shield":               {words: "The shield or upper tier, filled alone before everything else: the name of a region or vantage, a vantage, or a list of them. Default: none."},
		"stages.canary":               {words: "Region that is primed before the rest. Default: the first."},
		"stages.gate":                 {words: "What must hold before the next stage begins."},
		"stages.gate.max_error_ratio": {words: "Share of a stage's cells that may have failed."},
		"stages.gate.min_hit_ratio":   {words: "Share of sampled cells that must hit."},
		"stages.gate.sample":          {words: "Primed cells per vantage that are asked again."},
	}
	table["stages.cover"] = help{words: "Hits in a row on fresh connections, over all critical cells of a vantage, that stand for one cache node there; where nodes disagree, more are asked for. 1: each cell is measured once.", most: "1000"}
	for _, at := range []string{"regions.vantages", "stages.shield"} {
		table[at+".name"] = help{words: "Name of the vantage, unique in the launch. Default: made from the region's.", pattern: `^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`}
		table[at+".via"] = help{words: "How requests reach the edge. Default: what the other keys name, else direct.", values: vias()}
		table[at+".address"] = help{words: "The ip:port or host:port that connect_to dials; Host and SNI stay the URL's.", pattern: `^\S+:[0-9]{1,5}$`}
		table[at+".pop"] = help{words: "Point of presence that must answer, or its beginning, such as FRA. Default: any. Via pop: the one to reach, such as FRA56-P4.", pattern: `^[A-Za-z0-9][A-Za-z0-9._-]*$`}
		table[at+".distribution"] = help{words: "Domain name of the CloudFront distribution whose points of presence pop and near name.", pattern: `^[A-Za-z0-9]+(\.[Cc][Ll][Oo][Uu][Dd][Ff][Rr][Oo][Nn][Tt]\.[Nn][Ee][Tt])?$`}
		table[at+".near"] = help{words: "Instead of pop, every known point of presence of a country (DE), an area (europe) or an airport (FRA): one vantage each."}
		table[at+".subnet"] = help{words: "A network of the region's visitors; the DNS is asked for the edges that they get (EDNS Client Subnet). At most /24, or /56 of IPv6.", pattern: `^[0-9A-Fa-f:.]+/[0-9]{1,2}$`}
		table[at+".proxy"] = help{words: "A proxy in the region, which resolves and connects: socks5://host:1080, http://host:3128 or https://host:443.", pattern: `^(socks5|https?)://[^@/]+:[0-9]{1,5}/?$`}
		table[at+".proxy_auth"] = help{words: "A reference to the proxy's user:password.", pattern: referencePattern}
	}
	return table
}
