//! What a route is made of: [`Settings`]. They are checked when the route is [built](Settings::build).

use std::sync::Arc;

use super::error::RouteFault;
use super::pattern::Pattern;
use super::token_in::{has_meaning, is_unencoded};
use super::{Inner, InvalidRoute, SseRoute, TokenIn, spelling};

/// The settings of a route. The patterns are relative to the router of the route.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) pattern: Box<str>,
    pub(super) token_in: TokenIn,
    /// The mint path. `None` if it follows from the pattern.
    pub(super) mint: Option<Box<str>>,
    pub(super) exceptions: Vec<Box<str>>,
    /// The prefix at which the router is nested.
    pub(super) nest: Box<str>,
    /// What comes before the path in URLs for clients.
    pub(super) url_prefix: Box<str>,
}

impl Settings {
    pub(super) fn new(pattern: &str) -> Self {
        Self {
            pattern: pattern.into(),
            token_in: TokenIn::Query("token".to_owned()),
            mint: None,
            exceptions: Vec::new(),
            nest: Box::default(),
            url_prefix: Box::default(),
        }
    }

    /// Checks everything. Errors name the patterns as they were given.
    pub(super) fn build(self) -> Result<SseRoute, InvalidRoute> {
        Pattern::new(&self.pattern)?;
        self.check_prefixes()?;
        let mut stream = Pattern::new(&self.public(&self.pattern))?;
        self.check_token(&stream)?;
        let mint = match &self.mint {
            Some(mint) => {
                Pattern::new(mint)?;
                Pattern::new(&self.public(mint))?
            }
            None => Pattern::new(&self.public(&self.default_mint()))?,
        };
        for exception in &self.exceptions {
            stream.except(&self.public(exception))?;
        }
        if !self
            .exceptions
            .iter()
            .any(|it| *self.public(it) == *mint.as_str())
        {
            stream.except(mint.as_str())?;
        }
        let token = self.token_in.path_parameter();
        let parameters = stream.names().filter(|name| Some(*name) != token);
        let parameters: Vec<Box<str>> = parameters.map(Into::into).collect();
        check_mint(&mint, &stream, &parameters)?;
        Ok(SseRoute(Arc::new(Inner {
            stream,
            mint,
            parameters,
            settings: self,
        })))
    }

    /// The pattern with the prefix at which the router is nested.
    fn public(&self, pattern: &str) -> String {
        format!("{}{pattern}", self.nest)
    }

    fn check_prefixes(&self) -> Result<(), InvalidRoute> {
        if !self.nest.is_empty() {
            let invalid = |fault| InvalidRoute::new(&self.nest, fault);
            spelling::check(&self.nest, false).map_err(invalid)?;
        }
        let prefix = &self.url_prefix;
        let is_url = prefix.starts_with("https://") || prefix.starts_with("http://");
        let is_path = prefix.is_empty() || prefix.starts_with('/') && !prefix.starts_with("//");
        if !is_path && !is_url || prefix.contains(['?', '#']) {
            return Err(InvalidRoute::new(prefix, RouteFault::UrlPrefix));
        }
        Ok(())
    }

    fn check_token(&self, stream: &Pattern) -> Result<(), InvalidRoute> {
        let invalid = |fault| Err(InvalidRoute::new(&self.pattern, fault));
        match &self.token_in {
            TokenIn::Path(name) if !stream.has(name) => {
                invalid(RouteFault::NoTokenParameter(name.as_str().into()))
            }
            TokenIn::Query(name) if !is_unencoded(name) => {
                invalid(RouteFault::TokenParameter(name.as_str().into()))
            }
            TokenIn::Header(name) if has_meaning(name) => {
                invalid(RouteFault::TokenHeader(name.clone()))
            }
            _ => Ok(()),
        }
    }

    /// The mint path that follows from the pattern.
    fn default_mint(&self) -> String {
        let pattern = self.pattern.trim_end_matches('/');
        if let Some(name) = self.token_in.path_parameter() {
            return pattern.replace(&format!("{{{name}}}"), "token");
        }
        let last = pattern.rsplit('/').next().unwrap_or_default();
        if last.is_empty() || last.contains('{') {
            format!("{pattern}/token")
        } else {
            format!("{pattern}-token")
        }
    }
}

/// Checks that the mint path has exactly the parameters that make the resource.
fn check_mint(mint: &Pattern, stream: &Pattern, others: &[Box<str>]) -> Result<(), InvalidRoute> {
    let sorted = |names: Vec<&str>| {
        let mut names: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
        names.sort_unstable();
        names
    };
    let list = |names: &[String]| match &*names.join(", ") {
        "" => "none".into(),
        list => list.into(),
    };
    let own = sorted(mint.names().collect());
    let others = sorted(others.iter().map(|name| &**name).collect());
    if own == others {
        return Ok(());
    }
    let fault = RouteFault::Parameters {
        own: list(&own),
        other: stream.as_str().into(),
        others: list(&others),
    };
    Err(InvalidRoute::new(mint.as_str(), fault))
}
