export const notes = () => [{ text: "Water the plants" }, { text: "Call Ada" }];
