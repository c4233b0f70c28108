//! The requests of `doctor`, one after the other: [`Prober`].
//!
//! They follow each other, so that a limit on streams of one user does no harm, and so that the second use of a token
//! comes after the first. Each has a bound:
//!
//! | request | bound in time | bound in bytes |
//! |---|---|---|
//! | the stream that is watched | `--idle` | 8 MiB are kept, and of the rest the times |
//! | the mint, a preflight, an error page, the stream that goes on | 5 s | 64 KiB |
//!
//! Without an answer of the mint and of the stream there is no report. What fails after them is a finding, or leaves one
//! `unseen`.
//!
//! Where credentials go: the bearer to the mint, or without a mint to the URL that was given; a token to the origin of
//! that URL. A redirect is followed within the origin, and from http to https at the same host.

use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};

use super::client::{Arrival, Client, Opened, ProbeError, Recording};
use super::evidence::{Absence, Evidence, Preflight, Probe, Redirect};
use super::minted::minted;
use super::requests::{Ask, Requests};
use super::transcript::Transcript;
use super::url::Url;
use crate::args::JsonObject;

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// How long answers that should come at once may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of an error page is read.
const PAGE: usize = 64 * 1024;

/// What there is to probe.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) url: Url,
    pub(super) mint: Option<Url>,
    /// What is posted to the mint.
    pub(super) data: JsonObject,
    pub(super) bearer: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) idle: Duration,
}

/// Sends the requests of a plan.
pub(super) struct Prober {
    client: Client,
    requests: Requests,
    plan: Plan,
    redirects: Vec<Redirect>,
    tokens: Vec<String>,
    secrets: Vec<String>,
}

impl Prober {
    pub(super) fn new(plan: Plan) -> Result<Self, ProbeError> {
        let tokens = plan.url.token().map(str::to_owned).into_iter().collect();
        let secrets = plan.bearer.clone().into_iter().collect();
        let (bearer, origin) = (plan.bearer.as_deref(), plan.origin.as_deref());
        Ok(Self {
            client: Client::new()?,
            requests: Requests::new(bearer, origin, plan.mint.is_some())?,
            plan,
            redirects: Vec::new(),
            tokens,
            secrets,
        })
    }

    /// Sends all requests.
    pub(super) async fn run(mut self) -> Result<Evidence, ProbeError> {
        let Some(url) = self.token().await? else {
            let url = self.plan.url.clone();
            let evidence = self.evidence(url, Err(Absence::NotTried));
            return Ok(self.finish(evidence));
        };
        let browser = Ask {
            offers_encodings: true,
            ..Ask::default()
        };
        let (url, opened) = self.follow(url, &browser).await?;
        let Some(opened) = opened else {
            let evidence = self.evidence(url, Err(Absence::Silent));
            return Ok(self.finish(evidence));
        };
        let is_encoded = opened.recording.encoding().is_some();
        let stream = self.watch(opened).await;
        let is_stream = stream.is_event_stream();
        let mut evidence = self.evidence(url, Ok(stream));
        if is_stream {
            if is_encoded {
                self.watch_plain(&mut evidence).await;
            }
            self.come_back(&mut evidence).await;
        }
        self.preflights(&mut evidence).await;
        Ok(self.finish(evidence))
    }

    /// Adds what was collected on the way: the redirects, and what the report must not show.
    fn finish(self, evidence: Evidence) -> Evidence {
        Evidence {
            redirects: self.redirects,
            tokens: self.tokens,
            secrets: self.secrets,
            ..evidence
        }
    }

    /// Evidence of a stream, before the further probes.
    fn evidence(&self, url: Url, stream: Probe) -> Evidence {
        Evidence {
            idle: self.plan.idle,
            origin: self.plan.origin.clone(),
            mint: self.plan.mint.clone(),
            url,
            redirects: Vec::new(),
            stream,
            plain: None,
            resumed: Err(Absence::NotTried),
            reused: Err(Absence::NotTried),
            preflights: Vec::new(),
            tokens: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// A URL with a token that is not spent. `None` if the mint redirects, as a client can't follow.
    async fn token(&mut self) -> Result<Option<Url>, ProbeError> {
        let Some(mint) = self.plan.mint.clone() else {
            return Ok(Some(self.plan.url.clone()));
        };
        let opened = self
            .client
            .open(self.requests.mint(&mint, &self.plan.data), PATIENCE)
            .await?;
        let opened = opened.ok_or_else(|| ProbeError::new("the mint did not answer"))?;
        let answer = opened.read(PATIENCE, is_page_full).await;
        if let Some(redirect) = redirect("mint", &mint, &answer) {
            self.redirects.push(redirect);
            return Ok(None);
        }
        // As the clients have it.
        if !matches!(answer.status, StatusCode::OK | StatusCode::CREATED) {
            let status = answer.status;
            return Err(ProbeError::new(format!("the mint answered {status}")));
        }
        let (url, secret) = minted(&self.plan.url, &answer.body())?;
        self.tokens.push(secret);
        Ok(Some(url))
    }

    /// Asks for the stream, and follows redirects within its origin, and from http to https at its host. A redirect
    /// to another port, or back to http, gets neither the bearer nor the token.
    async fn follow(
        &mut self,
        mut url: Url,
        ask: &Ask,
    ) -> Result<(Url, Option<Opened>), ProbeError> {
        let mut opened = self.open(&url, ask).await?;
        for _ in 0..REDIRECTS {
            let answer = opened.as_ref().map(|it| &it.recording);
            let Some(redirect) = answer.and_then(|it| redirect("stream", &url, it)) else {
                return Ok((url, opened));
            };
            let next = url.join(&redirect.location);
            self.redirects.push(redirect);
            let Some(next) = next.ok().filter(|next| may_follow(&url, next)) else {
                return Ok((url, opened));
            };
            // Where it leads may be out of reach. The redirect is a finding all the same.
            let Ok(answer) = self.open(&next, ask).await else {
                return Ok((url, opened));
            };
            (url, opened) = (next, answer);
        }
        Err(ProbeError::new("the stream redirects without end"))
    }

    /// Asks for the stream, and waits for its head as long as the stream would be watched.
    async fn open(&self, url: &Url, ask: &Ask) -> Result<Option<Opened>, ProbeError> {
        let request = self.requests.stream(url, ask);
        self.client.open(request, self.plan.idle).await
    }

    /// Asks for the stream once more. A connection that breaks now leaves what was seen before.
    async fn open_again(&self, url: &Url, ask: &Ask) -> Result<Opened, Absence> {
        match self.open(url, ask).await {
            Ok(opened) => opened.ok_or(Absence::Silent),
            Err(_) => Err(Absence::Broken),
        }
    }

    /// Reads a stream for the whole time, and an error page to its end. What is compressed can't be read.
    async fn watch(&self, opened: Opened) -> Recording {
        if !opened.recording.is_event_stream() {
            let until = opened.recording.head_at + PATIENCE;
            return opened.read(until, is_page_full).await;
        }
        if opened.recording.encoding().is_some() {
            return opened.recording;
        }
        opened.read(self.plan.idle, |_| false).await
    }

    /// The stream without compression, for the checks that read it.
    async fn watch_plain(&mut self, evidence: &mut Evidence) {
        let Ok(Some(url)) = self.token().await else {
            evidence.plain = Some(Err(Absence::NoToken));
            return;
        };
        let probe = match self.open_again(&url, &Ask::default()).await {
            Err(absence) => Err(absence),
            Ok(opened) => match self.watch(opened).await {
                it if it.is_event_stream() && it.encoding().is_none() => Ok(it),
                _ if self.plan.mint.is_none() => Err(Absence::TokenSpent),
                _ => Err(Absence::NotTried),
            },
        };
        evidence.url = url;
        evidence.plain = Some(probe);
    }

    /// Asks for the URL of the watched stream again: with the id of its last event, and without.
    async fn come_back(&mut self, evidence: &mut Evidence) {
        let ids = evidence.transcript().ids;
        self.secrets.extend(ids.iter().cloned());
        if let Some(id) = ids.last() {
            let ask = Ask {
                last_event_id: HeaderValue::from_bytes(id.as_bytes()).ok(),
                ..Ask::default()
            };
            evidence.resumed = match self.open_again(&evidence.url, &ask).await {
                Ok(opened) => {
                    let until = opened.recording.head_at + PATIENCE;
                    let read = opened.read(until, has_id_or_is_full).await;
                    self.secrets.extend(Transcript::of(&read.arrivals).ids);
                    Ok(read)
                }
                Err(absence) => Err(absence),
            };
        }
        if evidence.token().is_some() {
            let opened = self.open_again(&evidence.url, &Ask::default()).await;
            evidence.reused = match opened {
                Ok(opened) if opened.recording.status == StatusCode::OK => Ok(opened.recording),
                Ok(opened) => Ok(self.watch(opened).await),
                Err(absence) => Err(absence),
            };
        }
    }

    /// What a browser asks before a page of another origin sends a header of its own.
    async fn preflights(&mut self, evidence: &mut Evidence) {
        if self.plan.origin.is_none() {
            return;
        }
        let stream = Some(("stream", evidence.url.clone(), "GET", "last-event-id"));
        let mint = self.plan.mint.clone();
        let mint = mint.map(|url| ("mint", url, "POST", "authorization"));
        for (of, url, method, header) in stream.into_iter().chain(mint) {
            let request = self.requests.preflight(&url, method, header);
            // A page sees no difference between one that breaks and one without an answer.
            let answer = self.client.open(request, PATIENCE).await.ok().flatten();
            evidence.preflights.push(Preflight {
                of,
                method,
                header,
                answer: answer.map(|it| it.recording),
            });
        }
    }
}

/// Whether what was shown at one URL may be shown at the next.
fn may_follow(from: &Url, to: &Url) -> bool {
    let is_upgrade = from.is_at_host_of(to) && !from.is_https() && to.is_https();
    from.is_same_origin(to) || is_upgrade
}

/// The redirect that an answer is.
fn redirect(of: &'static str, from: &Url, answer: &Recording) -> Option<Redirect> {
    if !answer.status.is_redirection() || !answer.headers.contains_key(LOCATION) {
        return None;
    }
    Some(Redirect {
        of,
        from: from.clone(),
        status: answer.status,
        location: answer.header("location"),
    })
}

/// Whether enough of a page was read to look for a token in it.
fn is_page_full(arrivals: &[Arrival]) -> bool {
    arrivals.iter().map(|it| it.bytes.len()).sum::<usize>() >= PAGE
}

/// Whether a stream that goes on has shown where, or shows no id.
fn has_id_or_is_full(arrivals: &[Arrival]) -> bool {
    is_page_full(arrivals) || !Transcript::of(arrivals).ids.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::sample::{answer, arrivals};

    #[test]
    fn a_redirect_has_its_status_and_a_location() {
        let from = "http://a/x".parse().expect("a URL");
        let location = ("location", "/y");
        for (status, headers, expected) in [
            (302, &[location][..], true),
            (201, &[location], false),
            (304, &[], false),
        ] {
            let redirect = redirect("stream", &from, &answer(status, headers));
            assert_eq!(redirect.is_some(), expected, "{status}");
        }
    }

    #[test]
    fn a_page_is_read_up_to_64_kib() {
        let part = |length| Arrival {
            at: Duration::ZERO,
            bytes: vec![b'x'; length].into(),
        };
        assert!(!is_page_full(&[part(32_768), part(32_767)]));
        assert!(is_page_full(&[part(32_768), part(32_768)]));
        assert!(has_id_or_is_full(&[part(65_536)]));
    }

    #[test]
    fn a_stream_that_goes_on_is_read_up_to_its_first_id() {
        assert!(!has_id_or_is_full(&arrivals(&[(0, "id: 1\ndata: x\n")])));
        let whole = arrivals(&[(0, "id: 1\ndata: x\n"), (1, "\n")]);
        assert!(has_id_or_is_full(&whole));
    }
}
