//! The only file that talks to the FHIR server.

use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde_json::Value;
use web_sys::RequestCache;

use super::address::{below_base, origin};
use super::bundle::{SearchPage, Version, versions};
use super::failure::FhirFailure;
use super::outcome::issues;
use crate::auth::account::AccountKey;
use crate::auth::browser;
use crate::auth::sign_in::SignIn;
use crate::auth::silent::Freshness;
use crate::auth::smart_app::app::SmartApp;

const FHIR_JSON: &str = "application/fhir+json";

/// Whose token goes with the requests.
#[derive(Clone, PartialEq)]
enum Bearer {
    /// That of the account that was active when the client was made, and no other's: a request that
    /// one person started is never sent or repeated with the next person's token.
    Person(SignIn, Option<AccountKey>),
    /// The sample app's.
    App(SmartApp),
}

impl Bearer {
    /// The token as it is; none when the server is open.
    async fn token(&self) -> Result<Option<String>, FhirFailure> {
        match self {
            Self::Person(sign_in, account) => {
                let token = sign_in.access_token(account.as_ref(), Freshness::Kept);
                Ok(token.await?)
            }
            Self::App(app) => Ok(Some(app.access_token().await)),
        }
    }

    /// Another token after the server refused this one; none when no other can be obtained.
    async fn another(&self, refused: &str) -> Result<Option<String>, FhirFailure> {
        match self {
            Self::Person(sign_in, account) => {
                let token = sign_in.access_token(account.as_ref(), Freshness::Except(refused));
                Ok(token.await?)
            }
            Self::App(app) => Ok(match app.refresh().await {
                Ok(()) => Some(app.access_token().await),
                Err(_) => None,
            }),
        }
    }
}

/// Requests with a token.
#[derive(Clone, PartialEq)]
pub(crate) struct FhirClient {
    base: String,
    bearer: Bearer,
}

impl FhirClient {
    pub(crate) fn new(sign_in: SignIn) -> Self {
        Self {
            base: sign_in.configuration().fhir_base.clone(),
            bearer: Bearer::Person(sign_in.clone(), sign_in.person().account()),
        }
    }

    /// The client of the sample app, for the server that it was launched from.
    pub(crate) fn of_app(app: SmartApp) -> Self {
        Self {
            base: app.session().server,
            bearer: Bearer::App(app),
        }
    }

    /// Any address below the base: an instance, a version, a capability statement.
    pub(crate) async fn read(&self, address: &str) -> Result<Value, FhirFailure> {
        self.exchange(Method::GET, address, None).await
    }

    /// One page of a search, by its query or by another page's link.
    pub(crate) async fn search(&self, address: &str) -> Result<SearchPage, FhirFailure> {
        let bundle = self.exchange(Method::GET, address, None).await?;
        if bundle.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
            return Err(FhirFailure::Unreadable { status: 200 });
        }
        Ok(SearchPage::of(&bundle))
    }

    /// The versions of one resource, newest first.
    pub(crate) async fn history(
        &self,
        resource_type: &str,
        id: &str,
    ) -> Result<Vec<Version>, FhirFailure> {
        let address = format!("{resource_type}/{id}/_history");
        let bundle = self.exchange(Method::GET, &address, None).await?;
        Ok(versions(&bundle))
    }

    /// Creates a resource and gives it back as the server keeps it.
    pub(crate) async fn create(&self, resource: &Value) -> Result<Value, FhirFailure> {
        let resource_type = resource.get("resourceType").and_then(Value::as_str);
        let address = resource_type.unwrap_or_default().to_owned();
        self.exchange(Method::POST, &address, Some(resource.to_string()))
            .await
    }

    async fn exchange(
        &self,
        method: Method,
        address: &str,
        body: Option<String>,
    ) -> Result<Value, FhirFailure> {
        let token = self.bearer.token().await?;
        let response = self
            .send(method.clone(), address, body.clone(), token.as_deref())
            .await?;
        let refused = match &token {
            Some(token) if response.status() == 401 => token,
            _ => return answer(response).await,
        };
        // The token had not expired: it was revoked, or the server's keys changed. Try a new one.
        let Some(token) = self.bearer.another(refused).await? else {
            return answer(response).await;
        };
        let response = self.send(method, address, body, Some(&token)).await?;
        answer(response).await
    }

    async fn send(
        &self,
        method: Method,
        address: &str,
        body: Option<String>,
        token: Option<&str>,
    ) -> Result<Response, FhirFailure> {
        let path = below_base(&self.base, address)
            .ok_or_else(|| FhirFailure::ForeignLink(address.to_owned()))?;
        let url = match path {
            "" => self.base.clone(),
            query if query.starts_with('?') => format!("{}{query}", self.base),
            path => format!("{}/{path}", self.base),
        };
        // The browser's cache outlives the session: no part of a record may stay in it.
        let mut request = RequestBuilder::new(&url)
            .method(method)
            .cache(RequestCache::NoStore)
            .header("accept", FHIR_JSON);
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        let request: Request = match body {
            Some(body) => request
                .header("content-type", FHIR_JSON)
                .header("prefer", "return=representation")
                .body(body),
            None => request.build(),
        }
        .map_err(|_| self.unreachable())?;
        request.send().await.map_err(|_| self.unreachable())
    }

    fn unreachable(&self) -> FhirFailure {
        let here = browser::page_address("").unwrap_or_default();
        FhirFailure::Unreachable {
            base: self.base.clone(),
            other_origin: origin(&self.base) != here,
        }
    }
}

/// The JSON of a good answer, or what the server's OperationOutcome says of a bad one.
pub(super) async fn answer(response: Response) -> Result<Value, FhirFailure> {
    let status = response.status();
    let request_id = response.headers().get("x-request-id");
    let text = response
        .text()
        .await
        .map_err(|_| FhirFailure::Unreadable { status })?;
    let resource: Option<Value> = serde_json::from_str(&text).ok();
    match (response.ok(), resource) {
        (true, Some(resource)) => Ok(resource),
        (true, None) => Err(FhirFailure::Unreadable { status }),
        (false, resource) => Err(FhirFailure::Refused {
            status,
            issues: resource.as_ref().map(issues).unwrap_or_default(),
            request_id,
        }),
    }
}
