export function loader() {
  return { left: 12 };
}

export default function Home({ loaderData }) {
  return <h1>Tickets left: {loaderData.left}</h1>;
}
