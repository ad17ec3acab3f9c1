/** The app itself: names the patient it was launched for and counts the observations it may see. */
async function show() {
  const client = await FHIR.oauth2.ready();
  window.client = client;
  const [patient, observations] = await Promise.all([
    client.patient.read(),
    client.request('Observation?_count=50', { pageLimit: 0, flat: true }),
  ]);
  window.observations = observations;
  return `${patient.name[0].family}: ${observations.length} observations`;
}

const say = (text) => {
  document.querySelector('[role=status]').textContent = text;
};
show().then(say, (error) => say(`The app failed: ${error.message}`));
