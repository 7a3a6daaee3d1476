// Fetches parts of the page's list of photos.

const RENEWALS = 12;
const RENEWAL_DELAY = 400;

// token(): the token of the list. parameters: those of the route. renew(): asks the page to register its list with the server again,
// which holds it in memory only. Throws if the list cannot be fetched.
export async function loadWindow(token, parameters, renew) {
  for (let attempt = 0; attempt < RENEWALS; attempt++) {
    const answer = await fetch(`/photo/sequence/${token()}?${new URLSearchParams(parameters)}`);
    if (answer.ok) return answer.json();
    if (answer.status !== 404) break;
    if (attempt === 0) renew();
    await new Promise((resolve) => setTimeout(resolve, RENEWAL_DELAY));
  }
  throw new Error("The list of photos cannot be fetched.");
}
