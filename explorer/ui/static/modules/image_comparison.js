// Compares the pixels of two pictures. Pixels are RGBA, four bytes each, as in `ImageData.data`.

// The mean absolute difference of two pictures of the same size, over all color channels, 0 to 255.
export function meanDifference(one, two) {
  let sum = 0;
  for (let i = 0; i < one.length; i += 4) {
    sum += Math.abs(one[i] - two[i]) + Math.abs(one[i + 1] - two[i + 1]) + Math.abs(one[i + 2] - two[i + 2]);
  }
  return sum / (one.length / 4) / 3;
}

// Write the absolute difference of two pictures, multiplied by three, into `target`.
export function writeDifference(one, two, target) {
  for (let i = 0; i < one.length; i += 4) {
    for (let channel = 0; channel < 3; channel++) {
      target[i + channel] = Math.min(255, 3 * Math.abs(one[i + channel] - two[i + channel]));
    }
    target[i + 3] = 255;
  }
}

// The orientation in which the second picture matches the first. differences: the mean difference for each of the eight
// orientations (quarter turns 0 to 3, then mirrored). The first is preferred unless another fits much better.
export function bestOrientation(differences) {
  const best = differences.indexOf(Math.min(...differences));
  return differences[best] < 0.6 * differences[0] ? best : 0;
}

// The variance of the Laplacian of the brightness, a measure of sharpness (Pech-Pacheco et al. 2000). Comparable between
// pictures of the same size.
export function laplacianVariance(pixels, width, height) {
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = 0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2];
  }
  let sum = 0, squares = 0, count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const value = 4 * gray[i] - gray[i - 1] - gray[i + 1] - gray[i - width] - gray[i + width];
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return squares / count - (sum / count) ** 2;
}

// Whether two sharpness values differ enough to be pointed out.
export function sharpnessDiffers(one, two) {
  return Math.abs(one - two) > 0.02 * Math.max(one, two);
}
