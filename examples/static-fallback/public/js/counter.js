const words = ['zero', 'one', 'two', 'three', 'four'];
const name = location.pathname.split('/').pop();
let count = Math.max(0, words.indexOf(name));

const button = document.querySelector('button');
const show = () => (button.textContent = `${count}`);
button.addEventListener('click', () => {
  count += 1;
  show();
});
show();
