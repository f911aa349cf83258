/** Style sheets that a script imports: the bundler gathers them in `dist/webview.css`. */
declare module '*.css';
