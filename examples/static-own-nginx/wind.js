document.title += ' · wind from the west';
