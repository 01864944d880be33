export const line = (entries) => entries.map((entry) => entry.city).join(", ");
