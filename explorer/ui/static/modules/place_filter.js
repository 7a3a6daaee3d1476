// Without accents and capitals.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The places whose name contains a text, with the places that they lie in; of a place that does itself, everything in it.
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
