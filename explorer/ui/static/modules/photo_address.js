// The photo that an address names: `?photo=ID`.

const PHOTO_PARAMETER = "photo";

// The id in the query string of an address, or null.
export function photoInAddress(search) {
  const text = new URLSearchParams(search).get(PHOTO_PARAMETER) ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

// The address with that photo open; with none, if the id is null. Everything else stays as it is.
export function addressWithPhoto(address, id) {
  const url = new URL(address);
  if (id === null) url.searchParams.delete(PHOTO_PARAMETER);
  else url.searchParams.set(PHOTO_PARAMETER, id);
  return url.href;
}

// Whether two addresses differ in the open photo alone.
export function sameButPhoto(one, other) {
  return addressWithPhoto(one, null) === addressWithPhoto(other, null);
}
