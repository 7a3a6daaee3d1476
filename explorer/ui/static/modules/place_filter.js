// A text in lower case without accents.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The places whose name contains a text, with the places that contain them; for a match, everything inside it is included.
// Each place is { name, inside: places }.
export function matchingPlaces(places, text) {
  const wanted = folded(text);
  if (!wanted) return places;
  return places.flatMap((place) => {
    if (folded(place.name).includes(wanted)) return [place];
    const inside = matchingPlaces(place.inside, text);
    return inside.length ? [{ ...place, inside }] : [];
  });
}
