import { useEffect, useState } from "react";

export function Notes() {
  const [notes, setNotes] = useState([]);
  useEffect(() => {
    fetch("/api/notes").then((answer) => answer.json()).then(setNotes);
  }, []);
  return <ul>{notes.map((note) => <li key={note.text}>{note.text}</li>)}</ul>;
}
