// The open photo in a URL: `?photo=ID`.

const PHOTO_PARAMETER = "photo";

// The id in the query string of a URL, or null.
export function photoInAddress(search) {
  const text = new URLSearchParams(search).get(PHOTO_PARAMETER) ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

// The URL with that photo open, or with none if the id is null. Everything else stays as it is.
export function addressWithPhoto(address, id) {
  const url = new URL(address);
  if (id === null) url.searchParams.delete(PHOTO_PARAMETER);
  else url.searchParams.set(PHOTO_PARAMETER, id);
  return url.href;
}

// Whether two URLs differ only in the open photo.
export function sameButPhoto(one, other) {
  return addressWithPhoto(one, null) === addressWithPhoto(other, null);
}
