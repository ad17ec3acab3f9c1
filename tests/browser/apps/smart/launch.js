/** Where an EHR opens the app: `iss` and `launch` are the EHR's, the rest lets tests ask otherwise. */
const asked = new URLSearchParams(location.search);

FHIR.oauth2
  .authorize({
    clientId: asked.get('client') ?? 'smart-app',
    redirectUri: asked.get('redirect') ?? 'app.html',
    scope: asked.get('scope') ?? 'launch openid fhirUser profile offline_access patient/*.read',
  })
  .catch((error) => {
    document.querySelector('[role=status]').textContent = `The launch failed: ${error.message}`;
  });
